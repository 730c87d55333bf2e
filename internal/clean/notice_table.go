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
	{"de", "nächster teil", "ein dateianhang mit html-daten wurde abgetrennt", "ein eingebundener text mit undefiniertem zeichensatz wurde abgetrennt", "eine eingebundene nachricht wurde abgetrennt", "ein dateianhang mit binärdaten wurde abgetrennt", "ein dateianhang mit html-daten wurde abgetrennt und entfernt", "weggelassener inhalt vom typ %", "nicht verfügbar"},
	{"es", "próxima parte", "se ha borrado un adjunto en formato html", "se ha borrado un texto insertado con un juego de caracteres sin especificar", "se ha borrado un mensaje adjunto", "se ha borrado un mensaje adjunto que no está en formato texto plano", "eliminado el documento html adjunto", "omitido el contenido de tipo %", "no disponible"},
	{"fr", "section suivante", "une pièce jointe html a été nettoyée", "un texte encapsulé et encodé dans un jeu de caractères inconnu a été nettoyé", "un message encapsulé a été nettoyé", "une pièce jointe autre que texte a été nettoyée", "la pièce html jointe a été nettoyée et enlevée", "contenu de type % sauté", "non disponible"},
	{"it", "parte successiva", "un allegato html è stato rimosso", "è stato filtrato un testo allegato il cui set di caratteri non era indicato", "un messaggio incapsulato è stato rimosso", "un allegato non testuale è stato rimosso", "allegato html pulito e rimosso", "rimosso contenuto di tipo %", "non disponibile"},
	{"pt", "próxima parte", "um anexo em html foi limpo", "", "uma mensagem embebida foi limpa", "um anexo que não estava em formato texto não está incluído", "anexo em html limpo e removido", "saltou-se o conteúdo do tipo %", "não disponível"},
	{"pt_BR", "próxima parte", "um anexo em html foi limpo", "um texto embutido e sem conjunto de caracteres especificado foi limpo", "uma mensagem embutida foi limpa", "um anexo não-texto foi limpo", "anexo em html limpo e removido", "conteúdo pulado do tipo %", "não disponível"},
	{"hu", "következő rész", "egy csatolt html állomány át lett konvertálva", "", "csatolt állományt eltávolítottam az üzenetből", "egy nem text típusú csatolt állomány át lett konvertálva", "a csatolt html állomány át lett konvertálva és törölve", "% típusú részek figyelmen kívül hagyva", "nem elérhető"},
	{"ru", "следующая часть", "вложение в формате html было извлечено", "вложенный текст с неопределенной кодировкой был извлечен", "вложенное сообщение было извлечено", "вложение не в текстовом формате было извлечено", "вложение в формате html извлечено и удалено", "пропущена часть содержимого типа %", "отсутствует"},
	{"ja", "next part", "htmlの添付ファイルを保管しました", "文字コード指定の無い添付文書を保管しました", "添付メールを保管しました", "テキスト形式以外の添付ファイルを保管しました", "htmlの添付ファイルは, 取り除かれています", "添付ファイルのタイプ % を無視します", "無し"},
	{"nl", "volgend deel", "een html-bijlage is gescrubt", "een ingesloten tekst met niet-gespecificeerde tekenset is gescrubt", "een ingesloten bericht is gescrubt", "een niet-tekst bijlage is gescrubt", "html-bijlage gescrubt en verwijderd", "verwijderde inhoud van type %", "niet beschikbaar"},
	{"pl", "następna część", "załącznik html został usunięty", "błędnie zakodowany tekst został usunięty", "załączona wiadomość została usunięta", "binarny załącznik wiadomości został usunięty", "załącznik html został usunięty", "pominięto zawartość typu %", "nie znany"},
	{"cs", "další část", "html příloha byla odstraněna", "", "vložená zpráv byla odstraněna", "netextová příloha byla odstraněna", "příspěvek byl vyčištěn a html část byla odstraněna", "zde byl umístěn nepřijatelný obsah typu: %", "[žádný popis není k dispozici]"},
	{"sv", "", "en html-bilaga skiljdes ut", "", "ett inbäddat brev i e-postbrev, skiljdes ut", "en bilaga som inte var text, skiljdes ut", "en html-bilaga skiljdes ut och togs bort", "", "inte tillgänglig"},
	{"da", "næste del", "en html-vedhæftning blev fjernet", "en indlejret tekst med ukendt tegnsæt er blevet fjernet", "en indlejret e-mail i meddelelsen, blev fjernet", "en vedhæftet fil der ikke var tekst, er blevet fjernet", "en html-vedhæftning blev filtreret fra og fjernet", "ignorerer indhold af typen %", "ikke tilg&aelig;ngelig"},
	{"no", "neste del", "et html-vedlegg ble skilt ut", "", "en epost i eposten, ble skilt ut", "et vedlegg som ikke var tekst, ble skilt ut", "et html-vedlegg ble skilt ut og fjernet", "hopper over innhold av typen %", "ikke tilgjengelig"},
	{"fi", "seuraava osa", "html liite on siirretty", "liitetty teksti jossa ei ollut merkistökoodausta on siirretty", "sisällytetty viesti on siirretty", "ei-tekstimuotoinen liite on siirretty", "html liitetiedosto poistettu", "ohitettu tiedostotyyppi %", "ei saatavilla"},
	{"ca", "part següent", "un document html ha estat eliminat", "", "", "", "eliminat el document html adjunt", "s'ha omès el contingut de tipus %", "no disponible"},
	{"ro", "partea următoare", "un ataşament html a fost eliminat", "", "", "", "ataşamentul html a fost eliminat", "am sărit conţinutul de tipul %", "indisponibil(ă)"},
	{"sk", "ďalšia časť", "html príloha bola vyňatá", "vložený text, ktorý neobsahoval definíciu znakovej sady, bol odstránený", "vložená správa bola vyňatá", "netextová príloha bola vyňatá", "html príloha bola vyňatá a odstránená", "preskočený obsah typu: %", "nie je k dispozícii"},
	{"sl", "naslednji del", "html priponka je prečiščena", "", "", "", "html priponka prečiščena in odstranjena", "", "ni na voljo"},
	{"hr", "sljedeći dio", "html privitak je izbačen", "", "", "", "html privitak izbačen i uklonjen", "", "nije dostupno"},
	{"tr", "sonraki bölüm", "bir html eklentisi temizlendi", "", "", "", "html eklentisi temizlendi ve silindi", "", "kullanılamıyor"},
	{"uk", "наступна частина", "html вкладення було очищене", "", "", "", "html вкладення було очищене та видалено", "пропущено вміст типу %", "відсутній"},
	{"el", "επόμενο μέρος", "ένα συνημένο html καθαρίστηκε", "ένα ενσωματωμένο και με απροσδιόριστο σετ χαρακτήρων κείμενο καθαρίστηκε", "ένα ενσωματωμένο μήνυμα καθαρίστηκε", "ένα συννημένο που δεν περιέχει κείμενο καθαρίστηκε", "to σηνημένο html καθαρίστηκε και απομακρύνθηκε", "παράληψη περιεχομένου με τύπο %", "δεν είναι διαθέσιμο"},
	{"eu", "hurrengo zatia", "erantsitako html dokumentu bat ezabatu egin da", "txertatutako eta charset ezezaguneko testu bat garbitu dugu", "txertatutako mezua ezabatuta", "testu hutsa ez zen mezu bat ezabatu egin da", "erantsitako html dokumentua ezabatuta", "% eduki mota ez da eraldatu", "ez dago erabilgarri"},
	{"gl", "próxima parte", "borrouse un anexo en formato html", "", "", "", "eliminouse o documento de html anexo", "", "non dispoñíbel"},
	{"et", "next part", "html manus eemaldati", "kirjale lisatud tundmatu kodeeringuga tekstifail eemaldati", "üks kirja osadest eemaldati", "kirjaga kaasas olnud manus eemaldati", "html manus eemaldati", "kirja osa tüübiga % eirati", "pole teada"},
	{"lt", "", "", "", "", "", "", "", "negalima"},
	{"ko", "", "html 첨부를 없애버렸습니다", "", "포함된 메세지를 없애 버렸습니다", "텍스트가 아닌 첨부를 모두 없애 버렸습니다", "html 첨부 부분은 없애 버렸습니다", "", "이용할 수 없숩니다"},
	{"zh_CN", "下一部分", "一个html附件被移除", "嵌入的、无法确定字符集的文本被除去了", "一份嵌入的信息被移除", "一个非文本附件被清除", "html附件被移除", "跳过的 % 类型的内容", "不可用"},
	{"zh_TW", "下一部份", "抹去了一個 html 附加檔", "抹去了一段未指定字元集的內含文字", "抹去了一個內含的訊息", "抹去了一個非文字的附加檔", "html 附加檔被抹去並移除", "跳過 % 型態的內容", "〔無法取得〕"},
	{"he", "הקטע הבא", "מצורף html קורצף", "טקסט משובץ בעל סט תווים לא מוגדר קורצף", "מסר משובץ קורצף", "מצורף שאינו טקסט קורצף", "מצורף html קורצף ונמחק", "דילגתי על תוכן מסוג %", "לא זמין"},
	{"vi", "phần kế tiếp", "một tập tin html đính kèm đã bị lau", "một đoạn nhúng, không ghi rõ bộ ký tự, đã bị lau", "một thư nhúng đã bị lau", "một đồ đính kèm không phải văn bản đã bị lau", "tập tin html đính kèm bị lau và gỡ bỏ", "đã bỏ qua nội dụng kiểu %", "hiện không có"},
	{"sr", "следећи дио", "html прилог је прочишћен", "", "", "", "html прилог је прочишћен и искључен", "", "није доступно"},
	{"eo", "sekvanta parto", "html-aranĝa alkroĉaĵo estis elsarkita", "enŝovita sen-karaktrara teksto estis elsarkita", "enŝovita mesaĝo estis elsarkita", "neteksta alkroĉaĵo estis elsarkita", "html-aranĝa alkroĉaĵo estis elsarkita kaj forviŝita", "preterlasita enhavo el speco %", ""},
	{"ia", "proxime parte", "un attachamento in formato html esseva removite", "un texto incorporate e sin specificate serie de characteres esseva removite", "", "un attachamento non-textual esseva removite", "attachamentos in formato html esseva removite", "contento omittite del typo %", "non disponibile"},
	{"ast", "siguiente parte", "desaniciáu un axuntu en formatu html", "esborróse un testu inxertáu con un xuegu de carauteres ensin especificar", "esborráu un axuntu", "esborróse un axuntu que nun ye testu", "desaniciáu'l documentu html axuntu", "saltada la triba de conteníu %", "nun disponible"},
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
	if !strings.Contains(line, "/") {
		return "", false
	}
	folded := foldNotice(line)
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
