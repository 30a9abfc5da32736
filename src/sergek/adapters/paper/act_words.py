"""The words of the road papers in Kazakh and Russian."""

from collections.abc import Mapping

from sergek.core.road import Light, PaperLanguage, Severity, Side, Weather

__all__ = ["LABELS", "LIGHTS", "SEVERITIES", "SIDES", "SIGN_FOR", "WEATHERS"]

LABELS: Mapping[PaperLanguage, Mapping[str, str]] = {
    "kk": {
        "act": "Көше-жол желісін кешенді тексеру актісі",
        "prescription": "Жол жағдайындағы кемшіліктерді жою туралы нұсқама",
        "date": "Күні",
        "city": "Жедел басқару орталығы",
        "route": "Тексеру бағыты",
        "sections": "Учаскелер",
        "conditions": "Ауа райы, жарық",
        "commission": "Комиссия құрамы",
        "found": "Анықталған кемшіліктер: {count}",
        "none_found": "Кемшілік анықталған жоқ.",
        "signatures": "Комиссия мүшелерінің қолдары",
        "no": "№",
        "defect": "Кемшілік (ауырлығы), анықталған уақыты",
        "place": "Орны, жағы, координаталары",
        "size": "Ұзындығы × ені × тереңдігі, см",
        "standard": "Норма",
        "owner": "Жол иесі",
        "no_standard": "кестеде жоқ",
        "no_owner": "анықталмаған",
        "photos": "Фотосуреттер",
        "to": "Кімге",
        "by_act": "Негіз: тексеру актісі №",
        "term": "Орындау мерзімі",
        "term_days": "тапсырылған күннен кейінгі күннен бастап {days} күн",
        "basis": "Мерзімнің негізі",
        "served": "Тапсырылды",
        "service_line": "«____» ______________ 20___ ж.  қолы ______________",
        "demand": "Төмендегі кемшіліктерді көрсетілген мерзімде жоюды және нәтижесін жазбаша "
        "хабарлауды ұсынамын:",
        "warning": "Нұсқама орындалмаған жағдайда ҚР ӘҚБтК {article}-бабы бойынша іс қозғалуы "
        "мүмкін.",
        "officer": "Нұсқаманы берген және алған",
        "received": "Алдым (тегі, лауазымы)",
    },
    "ru": {
        "act": "Акт комплексного обследования улично-дорожной сети",
        "prescription": "Предписание об устранении недостатков в содержании дороги",
        "date": "Дата",
        "city": "Центр оперативного управления",
        "route": "Маршрут обследования",
        "sections": "Участки",
        "conditions": "Погода, освещённость",
        "commission": "Состав комиссии",
        "found": "Выявлено недостатков: {count}",
        "none_found": "Недостатков не выявлено.",
        "signatures": "Подписи членов комиссии",
        "no": "№",
        "defect": "Недостаток (тяжесть), когда обнаружен",
        "place": "Место, сторона, координаты",
        "size": "Длина × ширина × глубина, см",
        "standard": "Норма",
        "owner": "Владелец дороги",
        "no_standard": "в таблице нет",
        "no_owner": "не установлен",
        "photos": "Фотографии",
        "to": "Кому",
        "by_act": "Основание: акт обследования №",
        "term": "Срок исполнения",
        "term_days": "{days} дн. со дня, следующего за днём вручения",
        "basis": "Основание срока",
        "served": "Вручено",
        "service_line": "«____» ______________ 20___ г.  подпись ______________",
        "demand": "Предписываю устранить перечисленные недостатки в указанный срок и письменно "
        "сообщить о результате:",
        "warning": "При неисполнении может быть возбуждено дело по статье {article} КоАП РК.",
        "officer": "Вынес и получил",
        "received": "Получил (фамилия, должность)",
    },
}

WEATHERS: Mapping[PaperLanguage, Mapping[Weather, str]] = {
    "kk": {
        Weather.CLEAR: "ашық",
        Weather.OVERCAST: "бұлтты",
        Weather.RAIN: "жаңбыр",
        Weather.SNOW: "қар",
        Weather.FOG: "тұман",
    },
    "ru": {
        Weather.CLEAR: "ясно",
        Weather.OVERCAST: "пасмурно",
        Weather.RAIN: "дождь",
        Weather.SNOW: "снег",
        Weather.FOG: "туман",
    },
}

LIGHTS: Mapping[PaperLanguage, Mapping[Light, str]] = {
    "kk": {
        Light.DAY: "күндіз",
        Light.TWILIGHT: "ымырт",
        Light.NIGHT_LIT: "түн, жарық бар",
        Light.NIGHT_DARK: "түн, жарық жоқ",
    },
    "ru": {
        Light.DAY: "светлое время",
        Light.TWILIGHT: "сумерки",
        Light.NIGHT_LIT: "ночь, освещение есть",
        Light.NIGHT_DARK: "ночь, освещения нет",
    },
}

SIDES: Mapping[PaperLanguage, Mapping[Side, str]] = {
    "kk": {
        Side.LEFT: "сол жақта",
        Side.AXIS: "осінде",
        Side.RIGHT: "оң жақта",
        Side.ACROSS: "бүкіл енімен",
    },
    "ru": {
        Side.LEFT: "слева",
        Side.AXIS: "по оси",
        Side.RIGHT: "справа",
        Side.ACROSS: "на всю ширину",
    },
}

SEVERITIES: Mapping[PaperLanguage, Mapping[Severity, str]] = {
    "kk": {
        Severity.MINOR: "болмашы",
        Severity.SERIOUS: "елеулі",
        Severity.DANGEROUS: "қауіпті",
    },
    "ru": {
        Severity.MINOR: "незначительный",
        Severity.SERIOUS: "серьёзный",
        Severity.DANGEROUS: "опасный",
    },
}

SIGN_FOR: Mapping[PaperLanguage, Mapping[str, str]] = {
    "kk": {"police": "полиция", "owner": "жол иесі", "contractor": "мердігер", "other": ""},
    "ru": {"police": "полиция", "owner": "владелец", "contractor": "подрядчик", "other": ""},
}
