package clean

// The words that tell a tail, in lower case. The short lists save most of the
// looks at the long ones: each of those words has one of theirs in it.
var (
	scanned = []string{"vir", "mail", "scan", "avg", "avast", "clean", "envir", "umwelt", "ambiente", "print", "вирус", "vírus", "imp", "launchpad", "subscribed"}
	mails   = []string{"mail", "messa", "nachricht", "transmission", "communication", "courri", "mensa", "missatge", "correo", "bericht", "meddelande", "e-post", "wiadomość", "zpráva", "üzenet", "сообщение", "邮件", "メール", "e-posta"}

	mobileHeads = []string{
		"sent from my ", "sent from mobile", "sent from mail for", "sent from outlook", "sent from yahoo", "sent from proton", "sent from samsung",
		"sent via blackberry", "sent via my ", "sent using my ", "sent with airmail", "sent with proton", "get outlook for ", "typed on my ", "sent on the go",
		"von meinem iphone", "von meinem ipad", "von meinem handy", "von meinem mobil", "von meinem smartphone", "von meinem samsung", "von meinem android", "gesendet von mein", "gesendet mit der ", "diese nachricht wurde von meinem",
		"envoyé de mon ", "envoyé depuis ", "envoyé à partir d", "enviado desde mi", "enviado desde el", "enviado do meu ", "enviado pelo meu ", "enviado a partir d",
		"enviat des del meu", "inviato da iphone", "inviato da ipad", "inviato da mail per", "inviato dal mio ", "inviato da mio ", "verzonden vanaf ", "verstuurd vanaf ",
		"skickat från min", "skickat från e-post", "sendt fra min", "lähetetty iphone", "lähetetty ipad", "lähetetty puhelim",
		"wysłane z ", "odesláno z ", "odoslané z ", "elküldve iphone", "elküldve az iphone", "az iphone-omról", "отправлено с ", "отправлено из ", "надіслано з ", "изпратено от моя",
		"iphone'umdan", "iphone から", "iphoneから", "发自我的", "發自我的", "从我的 ", "從我的 ", "나의 iphone",
	}
	scanners = []string{
		"email has been scanned", "e-mail has been scanned", "message has been scanned", "mail has been scanned", "scanned for viruses", "checked for viruses", "checked by avg",
		"no virus found in", "free from viruses", "virus-free. www", "virus free. www", "checked by avast", "believed to be clean",
		"wurde von avast", "frei von viren", "auf viren geprüft", "auf viren überprüft", "aucun virus", "absence de virus",
		"analizado por mailscanner", "libre de virus", "comprobado por avast", "livre de vírus", "privo di virus", "priva di virus", "controllata per individuare virus",
		"проверено на отсутствие вирусов", "проверено на вирусы", "message was sent using imp", "mail was sent through", "mail sent through", "sent by launchpad",
		"consider the environment before", "think before you print", "denken sie an die umwelt", "pensez à l'environnement", "piense en el medio ambiente", "medioambiente antes de imprimir",
		"subscribed to the google groups", "you received this message because you are subscribed",
	}
	services = []string{
		"yahoo!", "yahoo.", "雅虎", "hotmail", "msn", "windows live", "outlook.com", "aol.", "netzero", "juno.", "lycos", "excite.", "netscape", "rediff",
		"gmx", "web.de", "freenet", "caramail", "laposte", "wanadoo", "voila.fr", "libero.it", "tiscali", "virgilio", "terra.es", "mail.ru", "yandex", "rambler",
		"abv.bg", "freemail", "incredimail", "fastmail", "163.com", "126.com", "qq.com", "sina.com", "messagelabs", "mimecast", "utm_source=", "utm_medium=",
	}
	noticeHeads = []string{"disclaimer", "confidential", "notice", "legal", "aviso", "avis", "avviso", "hinweis", "vertraulich"}

	thisMail = []string{
		"this e-mail", "this email", "this message", "this mail", "this communication", "this transmission", "e-mail and any", "email and any", "message and any",
		"diese e-mail", "diese email", "diese nachricht", "dieser e-mail", "ce message", "ce courriel", "cet e-mail", "ce courrier", "este mensaje", "este correo", "aquest missatge",
		"questo messaggio", "questa e-mail", "questa mail", "esta mensagem", "este e-mail", "este email", "dit bericht", "deze e-mail", "detta meddelande", "denne e-mail", "denne e-post",
		"ta wiadomość", "tato zpráva", "ez az üzenet", "сообщение", "本邮件", "本メール", "bu e-posta",
	}
	secretWords = []string{
		"confidential", "privileged", "proprietary", "vertraulich", "confidentiel", "confidencia", "riservat", "confidenzial", "vertrouwelijk", "konfidentiell", "fortrolig",
		"poufn", "důvěrn", "bizalmas", "конфиденциальн", "保密", "機密", "gizli",
	}
	recipientWords = []string{
		"intended", "addressee", "recipient", "adressat", "empfänger", "destinataire", "destinatari", "geadresseerde", "bestemd", "mottagare", "modtager", "mottaker",
		"adresat", "příjemc", "címzett", "получател", "адресат", "收件人", "宛先", "alıcı",
	}
	errorWords = []string{
		"in error", "delete", "destroy", "notify", "unauthorized", "unauthorised", "prohibited", "disclosure", "dissemination", "irrtümlich", "vernichten", "löschen", "unbefugt",
		"par erreur", "détrui", "por error", "por erro", "per errore", "prohibi", "proibid", "vietat", "verwijder", "vergissing", "av misstag", "ved en feil", "ved en fejl",
		"pomyłk", "omylem", "tévedés", "по ошибке", "удалит", "yanlışlıkla", "删除", "削除",
	}
)
