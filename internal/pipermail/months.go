package pipermail

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// months has the names of each month, folded, as Mailman's translations and
// folder names have them: full and abbreviated.
var months = [12][]string{
	{"january", "jan", "januar", "janner", "jaen", "enero", "ene", "janvier", "janv", "gennaio", "gen", "janeiro", "januari", "januar", "jnr", "styczen", "sty", "leden", "led", "tammi", "tammikuu", "gener", "ianuarie", "ian", "sijecanj", "sije", "ocak", "oca", "sausio", "sau", "jaanuar", "urtarrila", "xaneiro", "xan", "xineru", "jauar", "januaro", "январь", "янв", "січень", "січ", "јануар", "јан", "ιαν", "ιανουαριος", "ינואר", "tháng 1"},
	{"february", "feb", "februar", "febrero", "fevrier", "fevr", "fev", "febbraio", "fevereiro", "februari", "febr", "luty", "lut", "unor", "uno", "helmi", "helmikuu", "febrer", "februarie", "veljaca", "velj", "subat", "sub", "vasario", "vas", "veebruar", "veebr", "otsaila", "febreiro", "februaro", "февраль", "фев", "лютий", "лют", "фебруар", "феб", "φεβ", "φεβρουαριος"},
	{"march", "mar", "marz", "mrz", "maerz", "marzo", "mars", "marco", "maart", "mrt", "marcius", "marc", "marzec", "brezen", "bre", "maalis", "maaliskuu", "marts", "martie", "ozujak", "ozu", "mart", "kovo", "kov", "marts", "marec", "martxoa", "marto", "март", "мар", "березень", "бер", "μαρ", "μαρτιος"},
	{"april", "apr", "abril", "abr", "avril", "avr", "aprile", "aprilis", "kwiecien", "kwi", "duben", "dub", "huhti", "huhtikuu", "aprilie", "travanj", "tra", "nisan", "nis", "balandzio", "bal", "aprill", "apirila", "aprilo", "апрель", "апр", "квітень", "квіт", "април", "απρ", "απριλιος"},
	{"may", "mai", "mayo", "maggio", "mag", "maio", "mei", "majus", "maj", "kveten", "kve", "touko", "toukokuu", "maig", "svibanj", "svi", "mayis", "geguzes", "geg", "maiatza", "majo", "май", "травень", "трав", "мај", "μαι", "μαιος"},
	{"june", "jun", "juni", "junio", "juin", "giugno", "giu", "junho", "junius", "czerwiec", "cze", "cerven", "cer", "kesa", "kesakuu", "juny", "iunie", "iun", "lipanj", "lip", "haziran", "haz", "birzelio", "bir", "juuni", "ekaina", "xuno", "xunu", "junij", "junio", "июнь", "июн", "червень", "черв", "јун", "ιουν", "ιουνιος"},
	{"july", "jul", "juli", "julio", "juillet", "juil", "luglio", "lug", "julho", "julius", "lipiec", "cervenec", "heina", "heinakuu", "juliol", "iulie", "iul", "srpanj", "temmuz", "tem", "liepos", "lie", "juuli", "uztaila", "xullo", "xunetu", "julij", "julio", "июль", "июл", "липень", "лип", "јул", "ιουλ", "ιουλιος"},
	{"august", "aug", "agosto", "ago", "aout", "aou", "augustus", "augusztus", "sierpien", "sie", "srpen", "srp", "elo", "elokuu", "agost", "kolovoz", "kol", "agustos", "agu", "rugpjucio", "abuztua", "avgust", "avg", "augusti", "auhusto", "август", "авг", "серпень", "серп", "ауг", "αυγ", "αυγουστος"},
	{"september", "sep", "sept", "septiembre", "septembre", "settembre", "set", "setembro", "szeptember", "szept", "sze", "wrzesien", "wrz", "zari", "zar", "syys", "syyskuu", "setembre", "septembrie", "rujan", "ruj", "eylul", "eyl", "rugsejo", "iraila", "setiembre", "сентябрь", "сен", "сент", "вересень", "вер", "септембар", "сеп", "σεπ", "σεπτεμβριος"},
	{"october", "oct", "oktober", "okt", "octubre", "octobre", "ottobre", "ott", "outubro", "out", "pazdziernik", "paz", "rijen", "rij", "loka", "lokakuu", "octombrie", "listopad", "lis", "ekim", "eki", "spalio", "spa", "oktoober", "urria", "outubre", "ochobre", "oktobro", "октябрь", "окт", "жовтень", "жовт", "октобар", "οκτ", "οκτωβριος"},
	{"november", "nov", "noviembre", "novembre", "novembro", "marras", "marraskuu", "noiembrie", "noi", "studeni", "stu", "kasim", "kas", "lapkricio", "lap", "azaroa", "payares", "ноябрь", "ноя", "листопад", "лист", "новембар", "нов", "νοε", "νοεμβριος"},
	{"december", "dec", "dezember", "dez", "diciembre", "dic", "decembre", "dicembre", "dezembro", "grudzien", "gru", "prosinec", "pro", "joulu", "joulukuu", "desembre", "des", "decembrie", "prosinac", "aralik", "ara", "gruodzio", "detsember", "dets", "abendua", "decembro", "desember", "avientu", "декабрь", "дек", "грудень", "груд", "децембар", "δεκ", "δεκεμβριος"},
}

// monthOf maps every folded name to 1…12. A name that two languages use for
// different months (Czech and Croatian "srpen"/"srpanj" differ, Polish and
// Croatian "lipiec"/"lipanj" too) stands under the commoner one.
var monthOf = func() map[string]int {
	m := map[string]int{}
	for i, names := range months {
		for _, n := range names {
			if _, ok := m[n]; !ok {
				m[n] = i + 1
			}
		}
	}
	return m
}()

// monthNumber reads a month's name in any of the languages; 0 if unknown.
// East Asian dates carry the number itself ("3月").
func monthNumber(name string) int {
	s := strings.Trim(fold(name), ". ,:")
	if n := monthOf[s]; n > 0 {
		return n
	}
	digits := strings.TrimRight(s, "月월")
	if digits != s && len(digits) > 0 && len(digits) <= 2 {
		n := 0
		for _, c := range digits {
			if c < '0' || c > '9' {
				return 0
			}
			n = n*10 + int(c-'0')
		}
		if n <= 12 {
			return n
		}
	}
	return 0
}

// fold lower-cases s and drops its accents.
func fold(s string) string {
	s = strings.ToLower(s)
	if isASCII([]byte(s)) {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return strings.NewReplacer("ı", "i", "ł", "l").Replace(b.String())
}
