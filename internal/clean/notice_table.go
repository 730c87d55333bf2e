package clean

import "strings"

// A wording is how Mailman says one thing in one language, folded by
// foldNotice. An empty string means: as in English, or not known.
type wording struct {
	language     string
	nextPart     string // the separator, without its dashes
	html         string // the first lines of the notices
	text         string
	message      string
	nonText      string
	removed      string // an HTML part that was not kept
	skipped      string // a part that was not kept; % stands for its type
	notAvailable string // in the place of a missing name or description
}

// wordings are those of the translations that came with Mailman 2.1 (P4).
var wordings = []wording{
	{"en", "next part", "an html attachment was scrubbed", "an embedded and charset-unspecified text was scrubbed", "an embedded message was scrubbed", "a non-text attachment was scrubbed", "html attachment scrubbed and removed", "skipped content of type %", "not available"},
	{"de", "nächster teil", "ein dateianhang mit html-daten wurde abgetrennt", "ein eingebundener text mit undefiniertem zeichensatz wurde abgetrennt", "eine eingebundene nachricht wurde abgetrennt", "ein dateianhang mit binärdaten wurde abgetrennt", "ein dateianhang mit html-daten wurde abgetrennt und entfernt", "weggelassener inhalt vom typ %", ""},
	{"es", "próxima parte", "se ha borrado un adjunto en formato html", "se ha borrado un texto insertado con un juego de caracteres sin especificar", "se ha borrado un mensaje adjunto", "se ha borrado un mensaje adjunto que no está en formato texto plano", "eliminado el documento html adjunto", "omitido el contenido de tipo %", "no disponible"},
	{"fr", "section suivante", "une pièce jointe html a été nettoyée", "un texte encapsulé et encodé dans un jeu de caractères inconnu a été nettoyé", "un message encapsulé a été nettoyé", "une pièce jointe autre que texte a été nettoyée", "la pièce html jointe a été nettoyée et enlevée", "contenu de type % sauté", ""},
	{"it", "parte successiva", "un allegato html è stato rimosso", "è stato filtrato un testo allegato il cui set di caratteri non era indicato", "un messaggio incapsulato è stato rimosso", "un allegato non testuale è stato rimosso", "allegato html pulito e rimosso", "rimosso contenuto di tipo %", ""},
	{"pt", "próxima parte", "um anexo em html foi limpo", "", "", "", "anexo em html limpo e removido", "", ""},
	{"pt_BR", "próxima parte", "um anexo em html foi limpo", "um texto embutido e sem conjunto de caracteres especificado foi limpo", "uma mensagem embutida foi limpa", "um anexo não-texto foi limpo", "anexo em html limpo e removido", "conteúdo pulado do tipo %", ""},
	{"hu", "következő rész", "egy csatolt html állomány át lett konvertálva", "", "", "", "a csatolt html állomány át lett konvertálva és törölve", "", ""},
	{"ru", "следующая часть", "вложение в формате html было извлечено", "вложенный текст с неопределенной кодировкой был извлечен", "вложенное сообщение было извлечено", "вложение не в текстовом формате было извлечено", "вложение в формате html извлечено и удалено", "пропущена часть содержимого типа %", ""},
	{"ja", "next part", "htmlの添付ファイルを保管しました", "文字コード指定の無い添付文書を保管しました", "添付メールを保管しました", "テキスト形式以外の添付ファイルを保管しました", "htmlの添付ファイルは, 取り除かれています", "添付ファイルのタイプ % を無視します", ""},
	{"nl", "volgend deel", "een html-bijlage is gescrubt", "een ingesloten tekst met niet-gespecificeerde tekenset is gescrubt", "een ingesloten bericht is gescrubt", "een niet-tekst bijlage is gescrubt", "html-bijlage gescrubt en verwijderd", "verwijderde inhoud van type %", ""},
	{"pl", "następna część", "załącznik html został usunięty", "błędnie zakodowany tekst został usunięty", "załączona wiadomość została usunięta", "binarny załącznik wiadomości został usunięty", "załącznik html został usunięty", "pominięto zawartość typu %", ""},
	{"cs", "další část", "html příloha byla odstraněna", "", "", "", "příspěvek byl vyčištěn a html část byla odstraněna", "zde byl umístěn nepřijatelný obsah typu: %", ""},
	{"fi", "seuraava osa", "html liite on siirretty", "liitetty teksti jossa ei ollut merkistökoodausta on siirretty", "sisällytetty viesti on siirretty", "ei-tekstimuotoinen liite on siirretty", "html liitetiedosto poistettu", "ohitettu tiedostotyyppi %", ""},
}

var (
	nextParts    = collect(func(w wording) string { return w.nextPart })
	removedHTML  = collect(func(w wording) string { return w.removed })
	notAvailable = collect(func(w wording) string { return w.notAvailable })
	noticeKinds  = func() map[string]string {
		kinds := map[string]string{}
		for _, w := range wordings {
			kinds[w.html], kinds[w.text], kinds[w.message], kinds[w.nonText] = "html", "text", "message", "binary"
		}
		delete(kinds, "")
		return kinds
	}()
)

func collect(of func(wording) string) map[string]bool {
	set := map[string]bool{}
	for _, w := range wordings {
		set[of(w)] = true
	}
	delete(set, "")
	return set
}

// skippedType reads "Skipped content of type multipart/alternative" in any of
// the languages and returns the type.
func skippedType(line string) (string, bool) {
	folded := foldNotice(line)
	if !strings.Contains(folded, "/") {
		return "", false
	}
	for _, w := range wordings {
		before, after, ok := strings.Cut(w.skipped, "%")
		if !ok {
			continue
		}
		rest, ok1 := strings.CutPrefix(folded, before)
		t, ok2 := strings.CutSuffix(rest, after)
		if ok1 && ok2 && t != "" && !strings.Contains(t, " ") {
			return t, true
		}
	}
	return "", false
}
