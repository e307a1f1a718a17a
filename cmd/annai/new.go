package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"golang.org/x/tools/txtar"

	"annai/internal/source"
)

//go:embed templates/templates.txtar
var templates []byte

// newCommand starts a file. An article is named by its path below the content,
// locale first; a form or rules by their id, and get a file with words in every
// locale.
type newCommand struct {
	Kind    string `arg:"" enum:"article,howto,faq,form,rules" help:"article, howto, faq, form or rules."`
	Path    string `arg:"" help:"Of an article: LOCALE/FOLDER/NAME. Of a form or rules: its id."`
	Content string `default:"content" placeholder:"DIR" help:"The content folder (content)."`
}

func (c *newCommand) Run(t *terminal) error {
	if info, err := os.Stat(c.Content); err != nil || !info.IsDir() {
		return usagef("there is no folder %s", c.Content)
	}
	name := strings.TrimPrefix(filepath.ToSlash(c.Path), filepath.ToSlash(filepath.Clean(c.Content))+"/")
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".md"), ".yaml")
	if !fs.ValidPath(name) || name == "." {
		return usagef("%s is no path below %s", c.Path, c.Content)
	}
	if c.Kind == "form" || c.Kind == "rules" {
		return c.facts(t, path.Base(name))
	}
	locale, rest, ok := strings.Cut(name, "/")
	if !ok || rest == "" {
		return usagef("an article's path begins with its locale: ja/%s", name)
	}
	return c.write(t, name+".md", c.Kind+".md", locale)
}

// facts starts a form or rules, and their words in every locale of the content.
func (c *newCommand) facts(t *terminal, id string) error {
	folder := map[string]string{"form": "forms", "rules": "rules"}[c.Kind]
	if err := c.write(t, path.Join(folder, id+".yaml"), c.Kind+".yaml", ""); err != nil {
		return err
	}
	for _, locale := range c.locales() {
		if err := c.write(t, path.Join(locale, folder, id+".yaml"), c.Kind+".words.yaml", locale); err != nil {
			return err
		}
	}
	return nil
}

// locales are the locales' folders.
func (c *newCommand) locales() []string {
	var list []string
	for _, folder := range []string{"ja", "ja-jp", "zh-hans", "zh-cn", "en", "en-us", "ko", "ko-kr"} {
		if info, err := os.Stat(filepath.Join(c.Content, folder)); err == nil && info.IsDir() {
			list = append(list, folder)
		}
	}
	return list
}

// todo is what a writer has to replace, in the file's language.
var todo = map[string]string{"ja": "（ここに書く）", "zh-hans": "（在此填写）"}

// write makes one file of a template. One that is there is left alone.
func (c *newCommand) write(t *terminal, name, of, locale string) error {
	id := path.Base(strings.TrimSuffix(name, path.Ext(name)))
	now := time.Now()
	data := struct{ ID, Title, Todo, Category, Today, Later string }{
		ID: id, Title: title(id), Todo: todo[source.Locale(locale)],
		Category: path.Base(path.Dir(name)),
		Today:    now.Format(time.DateOnly), Later: now.AddDate(0, 6, 0).Format(time.DateOnly),
	}
	if data.Todo == "" {
		data.Todo = "(to be written)"
	}
	if data.Category == locale {
		data.Category = "howto-faq"
	}
	tmpl, err := template.New(of).Parse(text(of))
	if err != nil {
		return err
	}
	p := filepath.Join(c.Content, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(p, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already", p)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(tmpl.Execute(f, data), f.Close()); err != nil {
		return err
	}
	fmt.Fprintln(t.out, filepath.ToSlash(p))
	return nil
}

func text(name string) string {
	for _, f := range txtar.Parse(templates).Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// title makes a title of a file's name: reset-password is "Reset password".
func title(id string) string {
	words := strings.ReplaceAll(id, "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}
