package lexer

const (
	cKeywords = "restricted volatile continue register default typedef struct extern switch sizeof static return union while const break goto enum else case auto for asm if do typename restrict inline __forceinline __declspec __fastcall __stdcall __cdecl __try __except __finally __leave __asm"
	cTypes    = "bool int long float short double char char8_t char16_t char32_t wchar_t unsigned signed void int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t ssize_t true false NULL"
	cppWords  = "reinterpret_cast static_assert thread_local dynamic_cast static_cast const_cast co_return protected namespace consteval constexpr co_await co_yield operator explicit template override noexcept requires decltype alignof private alignas virtual mutable nullptr concept export friend typeid throws public delete final throw catch using this new try class"
	jsWords   = "for in of while do break return yield continue switch case default if else throw try catch finally new delete typeof instanceof await void this var let with function abstract async class const debugger enum export extends goto implements import interface package private protected public static super true false null NaN Infinity undefined"
	jsTypes   = "Array Boolean Date Error Function Math Number Object RegExp String Promise Proxy decodeURI decodeURIComponent encodeURI encodeURIComponent eval isFinite isNaN parseFloat parseInt document window"
)

// tables are the languages by their names, which stand between blanks.
var tables = map[string]*language{
	"bash sh shell zsh ksh azurecli azure-cli dotnetcli": {
		words: map[Class]string{
			Keyword: "if fi else while do done for then return function case select continue until esac elif",
			Type:    "alias bg bind break builtin caller cd command compgen complete declare dirs disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout popd printf pushd pwd read readonly set shift shopt source suspend test time times trap true type typeset ulimit umask unalias unset wait",
		},
		line: []string{"#"}, quotes: `"'`, long: `"'`, raw: "'", escape: '\\', live: `"`, dollar: shellDollar,
		at: "<`\\$", hook: shellHook, starts: "0123456789-.,:/@%+~^?*!>", read: shellWord,
	},
	"powershell azurepowershell pwsh posh ps1 psm1 psd1": {
		words: map[Class]string{
			Keyword:  "while until trap switch return ref process param in if foreach for finally filter end elseif else dynamicparam do default continue break begin try catch throw function workflow class configuration enum using",
			Type:     "parameter validatenotnullorempty validatescript validaterange validateset validatepattern validatelength validatecount cmdletbinding",
			Variable: "mandatory parametersetname position helpmessage valuefrompipeline valuefrompipelinebypropertyname valuefromremainingarguments dontshow confirmimpact defaultparametersetname helpuri supportspaging supportsshouldprocess positionalbinding",
		},
		next: map[Class]string{Type: "function filter workflow class configuration enum"},
		fold: true, line: []string{"#"}, block: [2]string{"<#", "#>"},
		quotes: `"'`, long: `"'`, raw: "'", escape: '`', doubled: true, live: `"`, dollar: powershellDollar,
		at: "$@-[`.", hook: powershellHook, read: powershellWord,
	},
	"json jsonc json5 jsonl": {
		words: map[Class]string{Keyword: "true false null"},
		line:  []string{"//"}, block: [2]string{"/*", "*/"}, at: `"-`, hook: jsonHook,
	},
	"csharp c# cs": {
		words: map[Class]string{
			Keyword: "as await base break by case catch checked continue default delegate do else event finally fixed for foreach goto if in init is let lock new on out params readonly ref return sizeof stackalloc switch this throw try typeof unchecked virtual void while get set yield add remove value alias ascending descending from group into orderby select where join equals abstract async const enum explicit extern implicit internal operator override partial private protected public static sealed unsafe volatile true false null class struct record interface namespace using required with and or not when nameof",
			Type:    "bool byte char decimal double dynamic float int long object sbyte short string uint ulong ushort var",
		},
		next: map[Class]string{Type: "class struct record interface", dotted: "namespace using"},
		line: []string{"//"}, block: [2]string{"/*", "*/"}, quotes: `"'`, triple: `"`, escape: '\\',
		at: "[@$#", hook: csharpHook,
	},
	"java": {
		words: map[Class]string{
			Keyword: "assert break case catch continue default do else finally for if goto instanceof new return switch this throw try while abstract const enum exports extends final implements native open opens permits private protected provides public requires sealed static strictfp super synchronized throws to transient transitive uses volatile with yield package true false null class interface module var import record",
			Type:    "boolean byte char double float int long short void",
		},
		next: map[Class]string{Type: "class interface module record", dotted: "package import"},
		line: []string{"//"}, block: [2]string{"/*", "*/"}, quotes: `"'`, triple: `"`, escape: '\\',
		letters: "$", call: callDeclared, property: Variable, at: "@", hook: decorator(Function),
	},
	"c": {
		words: map[Class]string{Keyword: cKeywords, Type: cTypes},
		line:  []string{"//"}, block: [2]string{"/*", "*/"}, quotes: `"'`, escape: '\\',
		call: callAny, at: "#", hook: preprocessor,
	},
	"cpp c++": {
		words: map[Class]string{Keyword: cKeywords + " " + cppWords, Type: cTypes},
		next:  map[Class]string{Type: "class struct enum union"},
		line:  []string{"//"}, block: [2]string{"/*", "*/"}, quotes: `"'`, escape: '\\',
		call: callDeclared, at: "#", hook: preprocessor,
	},
	"go golang": {
		words: map[Class]string{
			Keyword: "import package var func struct map chan type interface const break default select case defer go else goto switch fallthrough if range continue for return true false iota nil",
			Type:    "uint uint8 uint16 uint32 uint64 int int8 int16 int32 int64 float float32 float64 complex64 complex128 byte rune string bool error uintptr any",
		},
		line: []string{"//"}, block: [2]string{"/*", "*/"}, quotes: "\"'`", long: "`", raw: "`", escape: '\\',
		call: callAny,
	},
	"javascript js jsx nodejs node": {
		words: map[Class]string{Keyword: jsWords + " boolean byte char double final float int long native short synchronized throws transient using volatile", Type: jsTypes},
		line:  []string{"//"}, block: [2]string{"/*", "*/"}, quotes: "\"'`", long: "`", escape: '\\', letters: "$",
		live: "`", dollar: braces, at: "/", hook: regex,
	},
	"typescript ts tsx": {
		words: map[Class]string{
			Keyword: jsWords + " keyof asserts is infer from get set global namespace readonly require type using constructor declare as module",
			Type:    jsTypes + " string bool boolean number any never object symbol unique unknown bigint",
		},
		line: []string{"//"}, block: [2]string{"/*", "*/"}, quotes: "\"'`", long: "`", escape: '\\', letters: "$",
		live: "`", dollar: braces, at: "/:@", hook: typescriptHook,
	},
	"python python3 py": {
		words: map[Class]string{
			Keyword: "nonlocal continue finally except lambda assert global return raise yield while break await async pass else elif with try for del as if match case False True None in is and or not def class from import",
			Type:    "staticmethod classmethod memoryview issubclass isinstance frozenset bytearray enumerate reversed property compile complex delattr hasattr setattr globals getattr divmod filter locals format object sorted slice print bytes range input tuple round super float eval list dict repr type vars hash next bool open iter oct pow min zip max map bin len set any dir all abs str sum chr int hex ord id",
		},
		next: map[Class]string{Function: "def", Type: "class", dotted: "from import"},
		line: []string{"#"}, quotes: `"'`, triple: `"'`, escape: '\\',
		at: "@bBfFrRuUi", hook: pythonHook,
	},
	"sql tsql t-sql mysql pgsql": {
		words: map[Class]string{
			Keyword: "abort absolute access action add after all allocate alter analyze and any are as asc assertion at authorization avg backward before begin between both by cache call cascade case cast catalog chain check checkpoint close cluster coalesce collate column comment commit committed connect connection constraint constraints contains continue convert copy count create cross cube current current_date current_time current_timestamp current_user cursor cycle data database day deallocate declare default delete delimiter desc describe distinct do domain drop dynamic each else encoding encrypted end escape except exception exclusive exec execute exists explain external false fetch first following for force foreign forward found freeze from full function generated get global go goto grant group grouping handler having hour identity if ignore ilike immediate immutable in increment index inherits inner inout input insensitive insert instead intersect into is isnull isolation join key lancompiler language large last lateral leading left length level like limit listen load local location lock lower match max maxvalue merge method min minute minvalue mod mode modify month move names national natural new next no none not nothing notify notnull null nullif object of off offset old on only open operation operator option or order out outer output overlaps overlay owner parameter partial path position preceding prepare preserve primary prior privileges procedural procedure public read references reindex relative rename repeatable replace reset restart restrict result return returns revoke right role rollback rollup row rows rule savepoint schema scroll search second security select sequence serializable session set share show similar simple size some source space specific sql start state statement static statistics stdin stdout storage strict structure substring sum system table temp template temporary terminate then to trailing transaction trigger trim true truncate trusted type unbounded uncommitted under union unique unknown until update upper usage user using vacuum valid validator value values variable varying verbose version view volatile when where while with without work write year zone key_type description name definition host level owner",
			Type:    "character smallint interval decimal boolean varchar integer numeric serial binary bigint number float array text real int8 date char blob dec bit int",
		},
		fold: true, letters: "$", line: []string{"--"}, block: [2]string{"/*", "*/"}, quotes: `'"`, long: `'"`, doubled: true,
	},
	"kusto kql": {
		words: map[Class]string{
			Keyword: "where project extend summarize join on by take limit top sort order asc desc nulls first last distinct count union let as render mv-expand mv-apply parse parse-where evaluate make-series project-away project-rename project-keep project-reorder lookup invoke search find print range datatable externaldata materialize serialize sample sample-distinct in has contains startswith endswith matches regex and or not between has_any has_all kind inner leftouter rightouter fullouter leftanti rightanti leftsemi rightsemi innerunique anti true false null with from to step default set alias declare database cluster consume facet fork getschema partition reduce scan toscalar hint",
			Type:    "bool boolean datetime date dynamic guid int long real double string timespan time decimal",
		},
		line: []string{"//"}, quotes: `"'`, escape: '\\', letters: "-", call: callAny, at: "-", hook: minus,
	},
	"terraform tf hcl": {
		words: map[Class]string{
			Keyword: "provisioner variable resource provider output data module locals terraform moved import true false for in",
			Type:    "count each var",
		},
		line: []string{"#", "//"}, block: [2]string{"/*", "*/"}, quotes: `"`, long: `"`, escape: '\\', live: `"`, dollar: braces,
		letters: "-", call: callAny, called: Type, at: "<-", hook: terraformHook,
	},
	"bicep": {
		words: map[Class]string{Keyword: "metadata targetScope resource module param var output for in if existing import as type with using func assert true false null"},
		line:  []string{"//"}, block: [2]string{"/*", "*/"}, quotes: "'", triple: "'", escape: '\\', live: "'", dollar: braces,
		call: callAny, names: Variable, property: Variable, at: "#", hook: decorator(Comment),
	},
	"vb vb.net vbnet": {
		words: map[Class]string{
			Keyword: "notoverridable notinheritable removehandler mustoverride overridable mustinherit implements raiseevent addhandler paramarray withevents directcast overrides overloads protected writeonly interface narrowing inherits widening synclock readonly operator continue delegate optional myclass declare handles default shadows trycast finally private nothing partial select option return friend resume elseif mybase shared single public static global catch ctype error using while false throw event erase byval byref alias endif redim stop call next loop true with then goto exit else each case step when set for let try new not get on to do if of me end dim const function sub property class structure enum module namespace imports addressof and andalso as gettype in is isnot like mod or orelse typeof xor cstr cint cdbl cbool cdate",
			Type:    "boolean byte char date decimal double integer long object sbyte short string variant uinteger ulong ushort",
		},
		next: map[Class]string{Function: "function sub property", Type: "class structure enum", dotted: "module namespace imports", Variable: "dim const"},
		fold: true, line: []string{"'"}, quotes: `"`, doubled: true,
	},
	"xpp x++": {
		words: map[Class]string{
			Keyword: "abstract as asc at avg break breakpoint by byref case catch changecompany class client const continue count crosscompany default delegate delete_from desc display div do edit else element eventhandler exists extends false final firstfast firstonly flush for forceliterals forceplaceholders forceselectorder forupdate from generateonly group hint if implements index insert_recordset interface internal is join like maxof minof mod new next notexists optimisticlock order outer pause print private protected public readonly repeatableread return reverse select server setting static sum super switch tablelock this throw true try ttsabort ttsbegin ttscommit update_recordset using validtimestate void where while window null",
			Type:    "anytype boolean container date guid int int64 real str utcdatetime timeofday var",
		},
		next: map[Class]string{Type: "class interface extends implements"},
		fold: true, line: []string{"//"}, block: [2]string{"/*", "*/"}, quotes: `"'`, escape: '\\',
		call: callAny, at: "[", hook: attributeLine,
	},
	"yaml yml":                     {scan: scanYAML},
	"xml xaml xsd xslt svg csproj": {scan: scanXML},
	"http":                         {scan: scanHTTP},
}
