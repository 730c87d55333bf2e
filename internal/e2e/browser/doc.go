// Package browser drives the web site in a real browser, headless Chromium, as a
// reader would: with and without JavaScript, in the dark, on a telephone, by
// keyboard. Its tests run where $BX_CHROMIUM names the browser; where $BX_AXE
// names axe-core's axe.min.js, they also check that pages are accessible, and in
// $BX_SCREENSHOTS they leave pictures for people to look at.
package browser
