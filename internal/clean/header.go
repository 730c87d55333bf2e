package clean

import "strings"

// The names of the headers that mailers put above what they quote, in the
// languages that they speak.
var (
	subjectNames = nameSet("subject|betreff|asunto|assumpte|objet|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|konu|subiect|тема|относно|θέμα|件名|主题|主旨|제목")
	otherNames   = nameSet("from|sent|date|to|cc|bcc|reply-to|von|gesendet|datum|an|kopie|de|enviado|enviada|enviado el|enviada el|enviado em|enviada em|fecha|para|envoyé|date d'envoi|à|da|inviato|data|a|van|verzonden|aan|från|skickat|till|kopia|fra|sendt|dato|til|kopi|lähettäjä|lähetetty|päivämäärä|vastaanottaja|kopio|od|wysłano|do|dw|odesláno|odoslané|komu|kopie|feladó|küldve|elküldve|küldés ideje|dátum|címzett|másolat|kimden|gönderme|gönderilme|tarih|gönderilme tarihi|kime|bilgi|de la|trimis|către|data trimiterii|enviat|enviat el|per a|отправлено|дата|от|кому|копия|изпратено|изпратено на|до|копие|від|надіслано|από|στάλθηκε|ημερομηνία|προς|κοιν|差出人|送信日時|宛先|发件人|发送时间|收件人|抄送|寄件者|寄件日期|收件者|副本|보낸 사람|보낸 날짜|받는 사람|참조")
)

func nameSet(names string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.SplitSeq(names, "|") {
		set[name] = true
	}
	return set
}

// maybeHeader is false for nearly all lines that are no header: the longest
// name has less than 32 bytes, and white space stands behind the colon.
func maybeHeader(l string) bool {
	i := strings.IndexByte(l[:min(len(l), 40)], ':')
	if i < 0 {
		return false
	}
	after := strings.TrimPrefix(l[i+1:], "*")
	return after != "" && strings.IndexByte(spaces, after[0]) >= 0
}

// isHeader reports whether a line is a header of a mail.
func isHeader(l string) bool {
	name := headerName(l)
	return otherNames[name] || subjectNames[name]
}

func isSubject(l string) bool { return subjectNames[headerName(l)] }

// headerName is what stands before the colon of a line, in lower case, be the
// line indented a little or bold.
func headerName(l string) string {
	l = strings.TrimPrefix(l[skipSpaces(l, 0, 3):], "*")
	name, _, ok := strings.Cut(l[:min(len(l), 40)], ":")
	if !ok || name == "" {
		return ""
	}
	if strings.IndexByte(spaces, name[len(name)-1]) >= 0 {
		name = name[:len(name)-1]
	}
	return strings.ToLower(name)
}
