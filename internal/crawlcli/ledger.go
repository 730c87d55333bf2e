package crawlcli

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/wire"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
)

// ledgerLine is what `bxcrawl ledger --json` prints of a URL. Its names are a
// promise.
type ledgerLine struct {
	URL          string    `json:"url"`
	List         string    `json:"list"`
	Period       string    `json:"period"`
	Kind         string    `json:"kind"`
	Fetched      time.Time `json:"fetched"`
	Status       int       `json:"status"` // HTTP status; 0 when no answer came
	Error        string    `json:"error"`
	Size         int64     `json:"size"` // bytes
	SHA256       string    `json:"sha256"`
	ETag         string    `json:"etag"`
	LastModified string    `json:"last_modified"`
	ContentType  string    `json:"content_type"`
	FinalURL     string    `json:"final_url"` // after redirects; empty when the same
}

func ledgerCommand(e *env, data *string) *cobra.Command {
	var list string
	var failed, asJSON bool
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "List every URL that was asked for, with what came of it last",
		Long: `Lists every URL that was asked for, with the time of the last request, the
server's answer, the bytes and, where it failed, why.`,
		Example: `  bxcrawl ledger --failed
  bxcrawl ledger --list announce --json | jq -r 'select(.status == 404).url'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write := writeLedgerText
			if asJSON {
				write = writeLedgerJSON
			}
			return withArchive(*data, archive.Options{}, func(a *archive.Archive) error {
				if err := checkList(cmd, a, list); err != nil {
					return err
				}
				return e.Buffered(func(w *bufio.Writer) error {
					for r, err := range a.Ledger(cmd.Context(), list) {
						if err != nil {
							return fmt.Errorf("ledger: %w", err)
						}
						if failed && !failure(r) {
							continue
						}
						if err := write(w, r); err != nil {
							return err
						}
					}
					return nil
				})
			})
		},
	}
	cmd.Flags().StringVar(&list, "list", "", "only the URLs of the list of this `name`")
	cmd.Flags().BoolVar(&failed, "failed", false, "only those whose last answer was no success")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line, for programs")
	return cmd
}

// failure reports whether nothing could be had the last time.
func failure(r archive.Raw) bool {
	return r.Err != "" || r.Status != http.StatusOK && r.Status != http.StatusNotModified
}

func writeLedgerText(w io.Writer, r archive.Raw) error {
	status := strconv.Itoa(r.Status)
	if r.Status == 0 {
		status = "-"
	}
	line := fmt.Sprintf("%s  %3s  %-10s  %8s  %s", r.Fetched.UTC().Format("2006-01-02 15:04:05Z"), status, r.Kind, cli.Bytes(r.Size), neutral.OneLine(r.URL))
	if r.Err != "" {
		line += "  " + neutral.OneLine(r.Err)
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

func writeLedgerJSON(w io.Writer, r archive.Raw) error {
	return wire.WriteJSON(w, ledgerLine{
		URL: r.URL, List: r.List, Period: r.Group, Kind: string(r.Kind), Fetched: r.Fetched, Status: r.Status, Error: r.Err,
		Size: r.Size, SHA256: r.SHA256, ETag: r.ETag, LastModified: r.LastModified, ContentType: r.ContentType, FinalURL: r.FinalURL,
	})
}
