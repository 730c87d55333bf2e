package alert

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/bxsearch/bxsearch/internal/neutral"
)

// maxSaid bounds what is kept of what a command says, in bytes.
const maxSaid = 500

// runCommand gives a parcel to a program on stdin. Exit code 0 says that it was
// taken. No shell is asked.
func runCommand(ctx context.Context, path string, p *parcel) *failure {
	body, err := p.delivery()
	if err != nil {
		return &failure{err: err}
	}
	said := &head{}
	cmd := exec.CommandContext(ctx, path)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(body), said, said
	cmd.Env = append(os.Environ(), "BX_DELIVERY="+p.key)
	cmd.WaitDelay = time.Second // what it started may hold its output open
	if err := cmd.Run(); err != nil {
		if said.Len() > 0 {
			err = fmt.Errorf("%w: %s", err, neutral.OneLine(said.String()))
		}
		return &failure{err: err}
	}
	return nil
}

// head keeps the beginning of what is written to it.
type head struct{ bytes.Buffer }

// Write implements io.Writer.
func (h *head) Write(p []byte) (int, error) {
	if room := maxSaid - h.Len(); room > 0 {
		h.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
