package search_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestNoForeignTypesInTheAPI holds that the exported declarations name only
// the standard library and this module: a program that embeds the library must
// not need to know what it is built on.
func TestNoForeignTypesInTheAPI(t *testing.T) {
	for _, dir := range []string{".", "../archive", "../index"} {
		names, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(names) == 0 {
			t.Fatalf("no Go files in %s: %v", dir, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, shown := range foreignTypes(t, name) {
				t.Errorf("%s: the API shows %s", name, shown)
			}
		}
	}
}

// TestForeignTypesAreFound holds that the test above would find something.
func TestForeignTypesAreFound(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.go")
	src := `package x
import ("time"; z "example.com/zip")
type A struct { T time.Time; R z.Reader; hidden z.Writer }
type b struct { R z.Reader2 }
func (A) F(z.Option) {}
func (b) G(z.Option2) { var _ z.Inside }
func (A) h(z.Option3) {}
var V z.Value
`
	if err := os.WriteFile(name, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := foreignTypes(t, name); !slices.Equal(got, []string{"z.Reader", "z.Option", "z.Value"}) {
		t.Errorf("finds %v", got)
	}
}

// foreignTypes lists what the exported declarations of a file show of
// packages of others.
func foreignTypes(t *testing.T, name string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	imports := foreignImports(f)
	var out []string
	for _, d := range f.Decls {
		for _, n := range exported(d) {
			ast.Inspect(n, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); ok && imports[x.Name] {
					out = append(out, fmt.Sprintf("%s.%s", x.Name, sel.Sel.Name))
				}
				return true
			})
		}
	}
	return out
}

// foreignImports lists the names under which a file imports packages that are
// neither the standard library's nor ours.
func foreignImports(f *ast.File) map[string]bool {
	out := map[string]bool{}
	for _, imp := range f.Imports {
		path, err := strconv.Unquote(imp.Path.Value)
		first, _, _ := strings.Cut(path, "/")
		if err != nil || !strings.Contains(first, ".") || strings.HasPrefix(path, "github.com/bxsearch/bxsearch/") {
			continue
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if imp.Name != nil {
			name = imp.Name.Name
		}
		out[name] = true
	}
	return out
}

// exported returns the parts of a declaration that other packages see.
func exported(d ast.Decl) (out []ast.Node) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && receiverExported(d) {
			out = append(out, d.Type)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					hideFields(s.Type)
					out = append(out, s.Type)
				}
			case *ast.ValueSpec:
				if s.Names[0].IsExported() && s.Type != nil {
					out = append(out, s.Type)
				}
			}
		}
	}
	return out
}

func receiverExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

// hideFields leaves only the exported fields of a struct.
func hideFields(typ ast.Expr) {
	st, ok := typ.(*ast.StructType)
	if !ok {
		return
	}
	st.Fields.List = slices.DeleteFunc(st.Fields.List, func(f *ast.Field) bool {
		return len(f.Names) > 0 && !f.Names[0].IsExported()
	})
}
