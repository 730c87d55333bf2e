package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Error says what is wrong with a file, and where.
type Error struct {
	Path string
	Line int // 0 when it is about no line
	Msg  string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Path + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Msg)
}

// decode reads a TOML text into v, a pointer to a struct or a map, and refuses
// keys that v has no place for.
func decode(path string, text []byte, v any) error {
	d := toml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		return nil
	}
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok && len(strict.Errors) > 0 {
		first := strict.Errors[0]
		line, _ := first.Position()
		return &Error{Path: path, Line: line, Msg: unknownKey(first.Key(), reflect.TypeOf(v))}
	}
	if de, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := de.Position()
		msg := strings.TrimPrefix(de.Error(), "toml: ")
		return &Error{Path: path, Line: line, Msg: msg}
	}
	return &Error{Path: path, Msg: strings.TrimPrefix(err.Error(), "toml: ")}
}

// unknownKey names a key that nothing is known of, and the key that was
// probably meant.
func unknownKey(key []string, t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for i, part := range key {
		if t.Kind() == reflect.Map { // any key will do
			t = t.Elem()
			continue
		}
		keys := map[string]reflect.Type{}
		collect(t, keys)
		next, ok := keys[part]
		if !ok {
			names := make([]string, 0, len(keys))
			for name := range keys {
				names = append(names, name)
			}
			return fmt.Sprintf("unknown key %q%s", strings.Join(key[:i+1], "."), suggest(part, names))
		}
		t = next
	}
	return fmt.Sprintf("unknown key %q", strings.Join(key, "."))
}

// collect gathers the keys of a struct, through pointers, slices and embedded
// structs.
func collect(t reflect.Type, keys map[string]reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		switch name := f.Tag.Get("toml"); {
		case f.Anonymous:
			collect(f.Type, keys)
		case name != "" && name != "-":
			keys[name] = f.Type
		}
	}
}
