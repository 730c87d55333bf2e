package crawlcli

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/internal/cli"

	"github.com/bxsearch/bxsearch/internal/config"
)

const deploy = "../../deploy/"

func readDeployed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(deploy + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The example is one that works, also with every line in use that is there as a
// comment.
func TestExampleConfiguration(t *testing.T) {
	text := readDeployed(t, "bxsearch.toml")
	all := regexp.MustCompile(`(?m)^#([a-z-]+ = )`).ReplaceAllString(text, "$1")
	for name, text := range map[string]string{"as it is": text, "with all lines": all} {
		path := filepath.Join(t.TempDir(), "bxsearch.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := config.Load(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if len(f.Lists) != 2 || len(f.Schedule.At) != 1 {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// Whatever starts bxcrawl does so with a command line that it takes.
func TestDeployedCommandLines(t *testing.T) {
	found := 0
	for _, name := range []string{"bxcrawl.service", "bxcrawl-nightly.service", "bxcrawl.cron", "Dockerfile", "org.bxsearch.bxcrawl.plist"} {
		for _, args := range commandLines(t, name) {
			found++
			root := Command(cli.System())
			cmd, rest, err := root.Find(args)
			if err != nil {
				t.Errorf("%s: bxcrawl %v: %v", name, args, err)
				continue
			}
			if err := cmd.ParseFlags(rest); err != nil || cmd.Flags().NArg() > 0 {
				t.Errorf("%s: bxcrawl %v: %v, arguments %v", name, args, err, cmd.Flags().Args())
			}
		}
	}
	if found != 5 {
		t.Errorf("%d command lines found, want 5", found)
	}
}

func commandLines(t *testing.T, name string) [][]string {
	text := readDeployed(t, name)
	var all [][]string
	switch {
	case name == "Dockerfile":
		cmd := regexp.MustCompile(`(?m)^CMD \[(.*)\]`).FindStringSubmatch(text)
		return [][]string{strings.Split(strings.ReplaceAll(cmd[1], `"`, ""), ", ")}
	case strings.HasSuffix(name, ".plist"):
		return [][]string{{regexp.MustCompile(`<string>(--\S+)</string>`).FindStringSubmatch(text)[1]}}
	}
	for _, m := range regexp.MustCompile(`(?m)^(?:ExecStart=.*/|15 3 .* )bxcrawl ([^|\n]*)`).FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Fields(m[1]))
	}
	return all
}

// systemd itself says whether it understands the units, and how exposed the
// services are.
func TestSystemdUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not there")
	}
	dir := t.TempDir()
	var units []string
	for _, name := range []string{"bxcrawl.service", "bxcrawl-nightly.service", "bxserve.service", "bxcrawl-nightly.timer"} {
		// The program need not be installed, nor its manual.
		text := regexp.MustCompile(`/usr/local/bin/bx\w+`).ReplaceAllString(readDeployed(t, name), "/bin/true")
		text = regexp.MustCompile(`(?m)^Documentation=.*\n`).ReplaceAllString(text, "")
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		units = append(units, path)
	}
	if out, err := exec.Command("systemd-analyze", append([]string{"verify"}, units...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("verify: %v\n%s", err, out)
	}
	for _, unit := range units[:3] {
		out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", unit).CombinedOutput()
		if err != nil {
			t.Errorf("exposure above 2.0: %v\n%s", err, out[max(0, len(out)-300):])
		}
	}
}

func TestLaunchdPlistIsXML(t *testing.T) {
	d := xml.NewDecoder(strings.NewReader(readDeployed(t, "org.bxsearch.bxcrawl.plist")))
	keys, values := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			switch start.Name.Local {
			case "key":
				keys++
			case "string", "array", "integer", "dict":
				values++
			}
		}
	}
	if keys == 0 || values < keys {
		t.Errorf("%d keys, %d values", keys, values)
	}
}

// The image holds static programs and nothing to break out with: no shell, no
// root. Where hadolint is installed it looks as well.
func TestDockerfile(t *testing.T) {
	text := readDeployed(t, "Dockerfile")
	last := text[strings.LastIndex(text, "\nFROM ")+1:]
	lines := strings.Split(last, "\n")
	switch user := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "USER ") }); {
	case lines[0] != "FROM scratch":
		t.Errorf("the image is made from %q", lines[0])
	case user < 0 || !regexp.MustCompile(`^USER [1-9]\d*:[1-9]\d*$`).MatchString(lines[user]):
		t.Error("it does not run as a user by number, who is not root")
	case !strings.Contains(text, "CGO_ENABLED=0"):
		t.Error("the programs are not static")
	case strings.Contains(last, "\nRUN "):
		t.Error("there is no shell to RUN in")
	case regexp.MustCompile(`(?m)^FROM (\S+:latest|[^:\s]+)( |$)`).MatchString(strings.Replace(text, "FROM scratch", "", 1)):
		t.Error("a base image without a version")
	}
	if hadolint, err := exec.LookPath("hadolint"); err == nil {
		if out, err := exec.Command(hadolint, deploy+"Dockerfile").CombinedOutput(); err != nil {
			t.Errorf("hadolint: %v\n%s", err, out)
		}
	}
}
