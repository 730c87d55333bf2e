package mbox

// For the tests, which read what is written with package mail.
var Structured = structured

const HardLine = hardLine
