package markdown

import "github.com/yuin/goldmark/ast"

// The caps that keep reading linear in the length of the input, far above what
// articles use. What is beyond them stays text.
const (
	maxDepth         = 64      // containers inside each other
	maxIncludeDepth  = 16      // files inside each other
	maxIncludes      = 2000    // files of a page
	maxSnippetLines  = 100000  // lines shown of a code file
	maxTabGroups     = 64      // tab groups that later ones look back to
	maxMonikers      = 200     // versions that a page speaks of
	maxBrackets      = 200     // unclosed [ of a paragraph
	maxDelimiters    = 2000    // * _ ~ of a paragraph
	maxMark          = 4096    // bytes of [!…], :::…::: and <xref:…> inside a text
	maxTarget        = 2048    // bytes of a link's target, once a file has used up maxScan
	maxScan          = 4 << 20 // bytes looked at in vain for the ends of targets
	maxSiblings      = 1000    // inlines between a raw tag and the one that closes it
	maxDefinitions   = 200     // lines of a paragraph, before a link definition begins another
	maxColumns       = 200     // of a table
	maxFilledColumns = 64      // of a row that is written with empty cells where it has none
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
