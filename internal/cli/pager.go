package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Page sends what write prints through the user's pager when stdout is a
// terminal, and straight to stdout otherwise. PAGER=cat or an empty PAGER
// switches paging off.
func (e *Env) Page(write func(s Screen) error) error {
	scr := e.Screen(e.Stdout)
	program, ok := e.pager()
	if !scr.TTY || !ok {
		return e.direct(scr, write)
	}
	cmd := exec.Command("/bin/sh", "-c", program)
	cmd.Stdout, cmd.Stderr = e.Stdout, e.Stderr
	cmd.Env = e.pagerEnv()
	pipe, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		// Without a pager the answer is still worth seeing.
		return e.direct(scr, write)
	}
	scr.W = pipe
	err = write(scr)
	pipe.Close()
	if werr := cmd.Wait(); err == nil && werr != nil {
		err = fmt.Errorf("pager %q: %w; set PAGER to another one, or to cat", program, werr)
	}
	// A reader who has seen enough is no failure.
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// direct prints on stdout in one piece.
func (e *Env) direct(scr Screen, write func(s Screen) error) error {
	return e.Buffered(func(w *bufio.Writer) error {
		scr.W = w
		return write(scr)
	})
}

// pager returns the shell command of the user's pager.
func (e *Env) pager() (string, bool) {
	program, set := e.LookupEnv("PAGER")
	if !set {
		program = "less"
	}
	program = strings.TrimSpace(program)
	return program, program != "" && program != "cat" && !e.Dumb()
}

// pagerEnv makes less quit when the text fits the screen and pass colours on,
// unless the user has settings of their own.
func (e *Env) pagerEnv() []string {
	env := os.Environ()
	if e.Getenv("LESS") == "" {
		env = append(env, "LESS=FRX")
	}
	return env
}
