// What the reader sees. Nothing is sent anywhere: the page has no server.
"use strict";

const TEXTS = {
  kk: {
    title: "Дәлелдер пакетін тексеру",
    lead: "Пакет пен сенімді кілттер тізімін таңдаңыз. Файлдар компьютеріңізден шықпайды.",
    package: "Пакет (.zip)", trustList: "Сенімді кілттер тізімі (.json)",
    good: "Пакет шынайы: бірде-бір байт өзгермеген, қолтаңба сенімді.",
    bad: "Пакетке сенуге болмайды.",
    trial: "СЫНАҚ ҮЛГІСІ: бұл нысан сынақта, айыппұл салынбайды.",
    fingerprint: "Кілттер тізімінің таңбасы (нұсқамадағымен салыстырыңыз)",
    digest: "Пакеттің SHA-256 мәні", original: "Түпнұсқаның SHA-256 мәні",
    event: "Оқиға", place: "Орны", time: "Уақыты", device: "Құрылғы", certificate: "Салыстырып тексеру сертификаты",
    until: "# дейін", none: "жоқ", container: "контейнер", trust: "сенім", signature: "қолтаңба",
    speed: "жылдамдық", allBytes: "әр байт өз орнында", byteAt: "өзгерген байт:",
    hashSame: "SHA-256 сәйкес", hashOther: "ӨЗГЕРГЕН: SHA-256 сәйкес емес",
    missing: "пакетте жоқ", unnamed: "манифестте аталмаған", unreadable: "ӨЗГЕРГЕН: оқылмайды",
    keyGood: "кілт сенімді:", keyUnknown: "кілт тізімде жоқ:", keyRole: "кілттің рөлі басқа:",
    keyRevoked: "кілт кері қайтарылған:", keyTime: "кілт сол күні жарамсыз:",
    signatureGood: "Ed25519, дұрыс", signatureBad: "ӨЗГЕРГЕН: manifest.json немесе manifest.sig",
    speedSame: "қайта есептелді, сәйкес:", speedOther: "қайта есептелді, СӘЙКЕС ЕМЕС:",
    speedMissing: "жылдамдықты асыру ісі, ал өлшем жоқ", damaged: "контейнер бүлінген",
    noPackage: "бұл дәлелдер пакеті емес", noTrust: "бұл кілттер тізімі емес",
    stamp: "уақыт таңбасы", stampSays: "бұл қолтаңба сол уақытта болған (RFC 3161):",
    stampOther: "ӨЗГЕРГЕН: басқа қолтаңбаның таңбасы",
    strip: "Бағдаршам: сызықты кесіп өткенге дейінгі (−) және кейінгі (+) секундтар; астындағы жолақ – танылған түс.",
    publicCopy: "ҚОҒАМДЫҚ КӨШІРМЕ: басқа адамдар мен көліктер жасырылған; түпнұсқасы орталықта сақтаулы.",
    speeding: "жылдамдықты асыру", red_light: "қызыл жарықта өту",
    stop_line: "тоқта сызығынан асу", oncoming: "қарсы жолаққа шығу",
    bus_lane: "автобус жолағымен жүру", solid_line: "тұтас сызықты басып өту",
    stopping: "тыйым салынған жерде тоқтау", wrong_lane: "бұрылыста жолақ талабын бұзу",
    plate_missing: "нөмірі жоқ немесе оқылмайды",
    byEye: "Екі шолу суреті: көлік шынымен жылжыған ба, көзбен қараңыз.",
  },
  ru: {
    title: "Проверка пакета доказательств",
    lead: "Выберите пакет и список доверенных ключей. Файлы не покидают ваш компьютер.",
    package: "Пакет (.zip)", trustList: "Список доверенных ключей (.json)",
    good: "Пакет подлинный: ни один байт не изменён, подписи можно доверять.",
    bad: "Пакету доверять нельзя.",
    trial: "ОБРАЗЕЦ: объект в опытной эксплуатации, штраф не налагается.",
    fingerprint: "Отпечаток списка ключей (сравните с указанным в предписании)",
    digest: "SHA-256 пакета", original: "SHA-256 оригинала",
    event: "Событие", place: "Место", time: "Время", device: "Прибор", certificate: "Сертификат о поверке",
    until: "до #", none: "нет", container: "контейнер", trust: "доверие", signature: "подпись",
    speed: "скорость", allBytes: "каждый байт на месте", byteAt: "изменён байт:",
    hashSame: "SHA-256 совпадает", hashOther: "ИЗМЕНЁН: SHA-256 не совпадает",
    missing: "отсутствует в пакете", unnamed: "не назван в манифесте",
    unreadable: "ИЗМЕНЁН: не читается", keyGood: "ключ доверенный:",
    keyUnknown: "ключа нет в списке:", keyRole: "у ключа другая роль:",
    keyRevoked: "ключ отозван:", keyTime: "ключ тогда не действовал:",
    signatureGood: "Ed25519, верна", signatureBad: "ИЗМЕНЁН: manifest.json или manifest.sig",
    speedSame: "пересчитана, совпадает:", speedOther: "пересчитана, НЕ СОВПАДАЕТ:",
    speedMissing: "дело о превышении скорости без измерения", damaged: "контейнер повреждён",
    noPackage: "это не пакет доказательств", noTrust: "это не список ключей",
    stamp: "метка времени", stampSays: "эта подпись существовала к моменту (RFC 3161):",
    stampOther: "ИЗМЕНЁН: метка для другой подписи",
    strip: "Светофор: секунды до (−) и после (+) пересечения линии; полоса внизу – распознанный сигнал.",
    publicCopy: "ПУБЛИЧНАЯ КОПИЯ: посторонние люди и машины скрыты; оригинал хранится в центре.",
    speeding: "превышение скорости", red_light: "проезд на красный свет",
    stop_line: "выезд за стоп-линию", oncoming: "выезд на встречную полосу",
    bus_lane: "движение по автобусной полосе", solid_line: "пересечение сплошной линии",
    stopping: "остановка в запрещённом месте", wrong_lane: "поворот не из своей полосы",
    plate_missing: "номер отсутствует или нечитаем",
    byEye: "Два обзорных кадра: посмотрите сами, действительно ли машина сместилась.",
  },
  en: {
    title: "Check an evidence package",
    lead: "Choose the package and the list of trusted keys. The files never leave your computer.",
    package: "Package (.zip)", trustList: "List of trusted keys (.json)",
    good: "The package is genuine: no byte was changed and the signature can be trusted.",
    bad: "The package cannot be trusted.",
    trial: "SPECIMEN: this site is in trial, no fine is imposed.",
    fingerprint: "Fingerprint of the key list (compare it with the one on the prescription)",
    digest: "SHA-256 of the package", original: "SHA-256 of the original",
    event: "Event", place: "Place", time: "Time", device: "Device", certificate: "Certificate",
    until: "until #", none: "none", container: "container", trust: "trust", signature: "signature",
    speed: "speed", allBytes: "every byte accounted for", byteAt: "changed byte:",
    hashSame: "SHA-256 as signed", hashOther: "CHANGED: its SHA-256 is not the signed one",
    missing: "missing from the package", unnamed: "not named by the manifest",
    unreadable: "CHANGED: it cannot be read", keyGood: "trusted key:",
    keyUnknown: "the key is not on the list:", keyRole: "the key has another role:",
    keyRevoked: "the key is revoked:", keyTime: "the key was not valid then:",
    signatureGood: "Ed25519, valid", signatureBad: "CHANGED: manifest.json or manifest.sig",
    speedSame: "recomputed, the same:", speedOther: "recomputed, NOT THE SAME:",
    speedMissing: "a speeding case without its measurement", damaged: "the container is damaged",
    noPackage: "this is no evidence package", noTrust: "this is no list of keys",
    stamp: "time stamp", stampSays: "this signature existed at (RFC 3161):",
    stampOther: "CHANGED: the stamp is for another signature",
    strip: "The signal: seconds before (−) and after (+) the line was crossed; the bar is what was recognised.",
    publicCopy: "PUBLIC COPY: other people and vehicles are hidden; the centre keeps the original.",
    speeding: "speeding", red_light: "driving through a red light",
    stop_line: "beyond the stop line", oncoming: "in the oncoming lane",
    bus_lane: "in the bus lane", solid_line: "across a solid line",
    stopping: "stopping where forbidden", wrong_lane: "wrong lane at a junction",
    plate_missing: "plate missing or illegible",
    byEye: "The two overview pictures: see for yourself that the vehicle moved.",
  },
};

let language = ["kk", "ru"].includes(navigator.language.slice(0, 2)) ? navigator.language.slice(0, 2) : "kk";
let shown = null;
const t = (key) => TEXTS[language][key] ?? key;
const $ = (id) => document.getElementById(id);

function element(tag, content, className) {
  const made = document.createElement(tag);
  made.textContent = content;
  if (className) made.className = className;
  return made;
}

// As on the paper: day first, the city's own time.
function local(moment) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Almaty", dateStyle: "short", timeStyle: "medium" }).format(new Date(moment));
  return parts.replaceAll("/", ".").replace(",", "");
}

// What holds up to a midnight is said to hold until the day before.
const lastDay = (until) => local(new Date(until) - 1000).slice(0, 10);

function caption(manifest) {
  const c = manifest.caption;
  const until = c.certificate_expires ? `, ${t("until").replace("#", lastDay(c.certificate_expires))}` : "";
  const rows = [
    ["event", t(c.event)],
    ["time", local(c.recorded_at)],
    ["place", `${c.place[language] ?? ""} (${c.latitude}, ${c.longitude}) ${c.direction[language] ?? ""}`],
    ["device", `${c.device_name}, ${c.device_serial}`],
    ["certificate", c.certificate_number ? c.certificate_number + until : t("none")],
  ];
  return rows.map(([key, value]) => [t(key), value]);
}

function table(rows, ok) {
  const made = document.createElement("table");
  rows.forEach((row, i) => {
    const line = made.insertRow();
    if (ok) line.className = ok[i] ? "good" : "bad";
    row.forEach((cell) => line.append(element("td", cell)));
  });
  return made;
}

function pictures(report) {
  const made = element("figure", "");
  const order = ["overview_before", "overview_after", "plate", "signal_strip"];
  const images = report.manifest.items.filter((item) => order.includes(item.role));
  images.sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
  for (const item of images) {
    if (item.role === "signal_strip") made.append(element("figcaption", t("strip")));
    const image = new Image();
    image.alt = item.name;
    image.src = URL.createObjectURL(new Blob([report.items.get(item.name)], { type: item.media_type }));
    made.append(image);
  }
  if (made.childElementCount > 0) made.append(element("figcaption", t("byEye")));
  return made;
}

function show(report) {
  shown = report;
  const out = $("report");
  out.replaceChildren();
  if (report === null) return;
  out.append(element("h2", t(report.ok ? "good" : "bad"), report.ok ? "good" : "bad"));
  if (report.manifest?.kind === "public") out.append(element("p", t("publicCopy"), "trial"));
  if (report.manifest?.trial) out.append(element("p", t("trial"), "trial"));
  const rows = report.checks.map(([name, ok, key, detail]) => [ok ? "✓" : "✗", t(name), `${t(key)} ${detail}`]);
  out.append(table(rows, report.checks.map((check) => check[1])));
  const facts = [[t("digest"), report.sha256], [t("fingerprint"), report.trustFingerprint]];
  if (report.manifest?.original_sha256) facts.push([t("original"), report.manifest.original_sha256]);
  try {
    if (report.manifest) facts.unshift(...caption(report.manifest));
    out.append(table(facts));
    if (report.manifest) out.append(pictures(report));
  } catch {
    out.append(element("p", t("unreadable"), "bad"));
  }
}

function label() {
  document.documentElement.lang = language;
  document.title = t("title");
  for (const part of document.querySelectorAll("[data-t]")) part.textContent = t(part.dataset.t);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  show(shown);
}

async function chosen() {
  const [one, other] = [$("package").files[0], $("trust").files[0]];
  if (!one || !other) return;
  const [data, trust] = await Promise.all([one.arrayBuffer(), other.arrayBuffer()]);
  show(await verifyPackage(new Uint8Array(data), new Uint8Array(trust)));
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    language = button.dataset.language;
    label();
  });
}
for (const id of ["package", "trust"]) $(id).addEventListener("change", chosen);
label();
