"""What a browser makes of the page: ui.py URL DATABASE BARE [PICTURE], or ui.py URL token TOKEN. Prints "ok ..." and "not
ok ..." for ui.t. BARE is 1 where the charts' library could not be fetched."""
import sqlite3
import sys
import time

from browser import Browser

URL, DATABASE, BARE = sys.argv[1], sys.argv[2], sys.argv[3] == "1"
PICTURE = sys.argv[4] if len(sys.argv) > 4 else ""
HOSTILE = "<img src=x onerror=\"window.hit=1\"><b>bold</b>\u202egnp.exe"

# Pixels of the emptiest chart that are not the background; 0 without charts.
INK = """[...document.querySelectorAll("%s canvas")].map((canvas) => {
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let ink = 0;
    for (let i = 3; i < data.length; i += 4)
        ink += data[i] > 0;
    return ink;
}).reduce((least, ink) => least < ink ? least : ink, undefined) ?? 0"""


def ok(name, good, why=""):
    print(("ok " if good else "not ok ") + name, flush=True)
    if not good and why:
        print(f"# {why}", flush=True)


def sql(statement, *values):
    with sqlite3.connect(DATABASE, timeout=20) as db:
        return db.execute(statement, values).fetchall()


def charts(b):
    if BARE:
        ok("without their library there are no charts, and the page says so",
           b.becomes('!document.getElementById("no-charts").hidden && !document.querySelector("canvas")'))
        return
    ok("there are three charts of the machine",
       b.becomes('document.querySelectorAll("#machine-charts canvas").length === 3'))
    ok("with lines in them", b.becomes(f"({INK % '#machine-charts'}) > 1500"), b.value(INK % "#machine-charts"))
    ok("of the last hour", any("container=system&since=-3600s" in url for url in b.requests), b.requests)


def containers(b):
    names = '[...document.querySelectorAll("#container-rows button")].map((e) => e.textContent)'
    ok("the containers are listed", b.becomes(names + '.includes("web")'), b.value(names))
    ok("with their figures", b.becomes(
        '/[0-9] %[^]*[0-9] MiB/.test([...document.querySelectorAll("#container-rows tr")]'
        '.find((r) => r.textContent.startsWith("web")).textContent)'))
    shown = b.value(names)
    ok("a hostile name is text", any("<img src=x" in n and "<b>bold</b>" in n for n in shown), shown)
    ok("without what turns the line round", not any("\u202e" in n for n in shown))
    ok("and makes nothing happen", b.value('window.hit === undefined && !document.querySelector("main img, main b")'))
    b.value('(() => { const f = document.getElementById("filter"); f.value = "NGINX"; f.dispatchEvent(new Event("input")); })()')
    ok("the filter leaves those that are asked for", b.becomes(names + '.join() === "web"'), b.value(names))
    b.value('(() => { const f = document.getElementById("filter"); f.value = ""; f.dispatchEvent(new Event("input")); })()')
    b.becomes(names + ".length > 5")


def one_container(b):
    b.value('[...document.querySelectorAll("#container-rows button")].find((e) => e.textContent === "db").click()')
    ok("a click shows one container",
       b.becomes('!document.getElementById("container").hidden && document.getElementById("container-facts").textContent.includes("postgres")'))
    if not BARE:
        ok("in four charts with lines in them",
           b.becomes('document.querySelectorAll("#container-charts canvas").length === 4 && ' + f"({INK % '#container-charts'}) > 800"))
    b.value('document.getElementById("container-close").click()')
    ok("which can be closed", b.value('document.getElementById("container").hidden && !document.querySelector("#container-charts canvas")'))


def records(b):
    stops = 'document.getElementById("stop-rows").textContent'
    ok("the stop record is there", b.becomes('document.querySelectorAll("#stop-rows tr").length === 5'), b.value(stops))
    text = b.value(stops)
    ok("with who did it", all(part in text for part in ("rule duplicate-stress", "out of memory: leaky", "kill of bash")), text)
    ok("the events are there", b.becomes('document.querySelectorAll("#event-list li").length > 10'))
    ok("and live", b.becomes('document.getElementById("stream-state").textContent === "live"'))
    session, seq = sql("SELECT session, max(seq) + 1000 FROM event")[0]
    sql("INSERT INTO event (session, seq, ts_ns, boottime_ns, type, container, count) VALUES (?, ?, ?, 1, 'throttled', 1, 41)",
        session, seq, time.time_ns())
    ok("a new event comes by itself", b.becomes('document.querySelector("#event-list li").textContent.includes("throttled")'),
       b.value('document.getElementById("event-list").textContent'))


def live(b):
    before = b.value('document.getElementById("tiles").textContent')
    ok("figures go on", b.becomes(f'document.getElementById("tiles").textContent !== {before!r}'))
    ok("all is well", b.becomes('document.getElementById("state").textContent === "all is well"'))
    if BARE:
        return
    b.value('(() => { const r = document.getElementById("range"); r.value = "300"; r.dispatchEvent(new Event("change")); })()')
    newest = 'document.querySelector("#machine-charts canvas").getContext("2d").getImageData(0, 0, 500, 170).data.join()'
    b.becomes(f"({INK % '#machine-charts'}) > 1500")
    before = b.value(newest)
    ok("and so do the charts", b.becomes(newest + f" !== {before!r}", 30))


def looks(b):
    back = 'getComputedStyle(document.body).backgroundColor'
    light = b.value(back)
    b.look(dark=True)
    ok("it is dark for who wants it dark", b.becomes(back + f" !== {light!r}"))
    ok("with text that can be read", b.value("""(() => {
        const light = (colour) => { const [r, g, b] = colour.match(/[0-9]+/g).map((v) => { v /= 255;
            return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const s = getComputedStyle(document.body), d = getComputedStyle(document.querySelector("th"));
        const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        return Math.min(contrast(light(s.color), light(s.backgroundColor)), contrast(light(d.color), light(s.backgroundColor))) >= 4.5;
    })()"""))
    if not BARE:
        ok("charts included", b.becomes(f"({INK % '#machine-charts'}) > 1500"))


def phone(b):
    b.open(URL + "/ui", 390, 844, mobile=True)
    ok("on a phone all is there", b.becomes('document.querySelectorAll("#container-rows tr").length > 5 && document.querySelectorAll("#stop-rows tr").length > 0'))
    ok("and nothing sticks out", b.becomes("document.documentElement.scrollWidth <= 390"),
       b.value("document.documentElement.scrollWidth"))


def with_token(b, token):
    rows = 'document.querySelectorAll("#container-rows tr").length'
    b.open(URL + "/ui")
    ok("without the token the page asks for it", b.becomes('!document.getElementById("token").hidden'))
    ok("and shows nothing", b.value(rows) == 0)
    for text in ("wrong" * 5, token):
        b.value(f'document.getElementById("token-text").value = {text!r}')
        b.value('document.querySelector("#token button").click()')
        if text != token:
            ok("a wrong one is asked for again", b.becomes('!document.getElementById("token").hidden') and b.value(rows) == 0)
    ok("with it all is shown", b.becomes(rows + " > 2"))
    ok("the stream too", b.becomes('document.getElementById("stream-state").textContent === "live"'))
    ok("and it stands in no address", not any(token in url for url in b.requests), b.requests)


def picture(b):
    """For the README."""
    b.open(URL + "/ui", 1120, 940)
    b.becomes(f"({INK % '#machine-charts'}) > 1500")
    b.becomes('document.getElementById("state").textContent === "all is well"')
    b.screenshot(PICTURE)


def main():
    b = Browser()
    try:
        if PICTURE:
            picture(b)
            return
        if DATABASE == "token":
            with_token(b, sys.argv[3])
            return
        sql("UPDATE container SET name = ? WHERE name = 'cache'", HOSTILE)
        b.open(URL + "/ui")
        charts(b)
        containers(b)
        one_container(b)
        records(b)
        live(b)
        looks(b)
        phone(b)
        others = [url for url in b.requests if not url.startswith((URL + "/", "data:"))]
        ok("nothing is asked of any other host", not others, others)
        complaints = [c for c in b.complaints if not (BARE and "uPlot" in c)]
        ok("the console has no complaint", not complaints, complaints)
    finally:
        b.close()


main()
