"""What `idle` and `waiting` measure: a live daemon's whole self with the campaign that ships, idle for two seconds.

Prints its resident memory at the end.
"""

import json
import os
import sys
import threading
from pathlib import Path

from campaignbot import app as wiring
from campaignbot import settings
from campaignbot.engines import daemon, local, ticks
from campaignbot.rehearsal import organisers
from campaignbot.stages import deliver, keep

folder = Path(sys.argv[1])
campaign = organisers.fill(
    wiring.shipped_campaign(now=wiring.utc_now()),
    urls={"x": "http://127.0.0.1:9", "facebook": "http://127.0.0.1:9"},
    recipient=keep.new_key()[0],
)
fields = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET", "PAGE_TOKEN")
secrets = {settings.secret_name(account, field): "sham" for account in campaign.accounts for field in fields}
found = settings.read(secrets, folder=folder)
with wiring.open_books(found) as books:
    app = wiring.App(
        settings=found,
        campaign=campaign,
        books=books,
        platforms=wiring.connect(campaign, found),
        owner="bench",
        clock=wiring.utc_now,
        emit=lambda _delivery, _text: None,
        tell=lambda _event, _detail: None,
        alarm=lambda _title, _body: None,
    )
    wiring.keep_settings(app)
    deliver.recover(books.ledger, app.platforms, owner=app.owner, clock=app.clock, emit=app.emit)
    ended = threading.Timer(2.0, app.stop.set)
    ended.start()
    idle = [tick for tick in ticks.TICKS if tick.name not in ("poll", "files")]
    local.run(app, idle, ended=lambda: daemon.drained(books) and False, stop=app.stop, failed=lambda *_: None)
resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
print(json.dumps({"rss_kib": resident}))
