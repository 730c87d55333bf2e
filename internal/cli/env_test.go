package cli

import "testing"

func TestDataFolder(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want string
	}{
		{"BX_DATA first", map[string]string{"BX_DATA": "/srv/bx", "XDG_DATA_HOME": "/xdg", "HOME": "/home/a"}, "/srv/bx"},
		{"then the system's place", map[string]string{"XDG_DATA_HOME": "/xdg", "HOME": "/home/a"}, "/xdg/bxsearch"},
		{"a relative place does not count", map[string]string{"XDG_DATA_HOME": "xdg", "HOME": "/home/a"}, "/home/a/.local/share/bxsearch"},
		{"else below home", map[string]string{"HOME": "/home/a"}, "/home/a/.local/share/bxsearch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Env{LookupEnv: func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }}
			if got := e.defaultDataDir(); got != tt.want {
				t.Errorf("default data folder %s, want %s", got, tt.want)
			}
		})
	}
}
