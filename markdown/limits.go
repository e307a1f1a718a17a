package markdown

import "github.com/yuin/goldmark/ast"

// The caps that keep reading linear in the length of the input, far above what
// articles use. What is beyond them stays text.
const (
	maxDepth         = 64     // containers inside each other
	maxIncludeDepth  = 16     // files inside each other
	maxIncludes      = 2000   // files of a page
	maxSnippetLines  = 100000 // lines shown of a code file
	maxTabGroups     = 64     // tab groups that later ones look back to
	maxBrackets      = 200    // unclosed [ of a paragraph
	maxDelimiters    = 2000   // unclosed * _ ~ of a paragraph
	maxColumns       = 200    // of a table
	maxFilledColumns = 64     // of a row that is written with empty cells where it has none
)

// tooDeep tells whether as many containers as are allowed stand around n.
func tooDeep(n ast.Node) bool {
	for d := 0; n != nil; n = n.Parent() {
		if d++; d > maxDepth {
			return true
		}
	}
	return false
}
