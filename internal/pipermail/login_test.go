package pipermail

import "testing"

func TestP18LoginForm(t *testing.T) {
	form := `<html><head><title>Announce Private Archives Authentication</title></head><body>
<FORM METHOD=POST ACTION="http://lists.example.org/mailman/private/announce/2021-March/thread.html">
<INPUT TYPE="text" NAME="username"><INPUT TYPE="password" NAME="password"><INPUT NAME="submit" TYPE="SUBMIT" VALUE="Let me in..."></FORM></body></html>`
	tests := []struct {
		name, body string
		want       bool
	}{
		{"Mailman's", form, true},
		{"in another language", `<html><body><form method="post" action="/cgi-bin/mailman/private/liste/"><input name='username'><input type='password' name='password'></form></body></html>`, true},
		{"of the subscription page", `<form method="POST" action="/mailman/subscribe/announce"><input type="password" name="pw"></form> see /private/`, false},
		{"somebody's mail about it", "<html><PRE>&lt;form method=post action=/private/&gt;&lt;input name=password&gt;</PRE></html>", false},
		{"a bank's, sent as a mail", `<form method="post" action="https://bank.example/login"><input name="password"></form> http://lists.example.org/mailman/private/x`, false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Page{URL: "http://lists.example.org/mailman/private/announce/", ContentType: "text/html", Body: []byte(tt.body)}
			if got := IsLogin(p); got != tt.want {
				t.Errorf("IsLogin = %v", got)
			}
		})
	}
}
