# SPDX-License-Identifier: Apache-2.0
"""What the alerts are shown: a node that is well, and what becomes of its series when something goes wrong.

Values are in the notation of `promtool test rules`: `a+bxn` is a, a+b, … n times, `_` is a scrape that failed."""

import dataclasses

STANDINGS = ("usable", "starting", "store_unavailable", "rebuilding", "key_missing", "stale", "clock_disagrees")
PARTITION = {"topic": "numproof.sessions", "partition": "0"}
GIB = 1 << 30
DAY = 86400
STEP = 30  # Seconds between scrapes.


def series(name, /, **labels):
    labels = {"job": "numproof", "instance": "np1:9092", **labels}
    return name + "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"


def standing(name):
    return series("numproof_directory_standing", standing=name)


def requests(code, outcome):
    return series("numproof_http_requests_total", operation="verify", code=code, outcome=outcome)


def lookups(result):
    return series("numproof_directory_lookups_total", result=result)


def results(result):
    return series("numproof_verify_results_total", result=result)


READY = series("numproof_ready")
UP = series("up")
BUILD = series("numproof_build_info", version="1.0.0")
AUDIT_CHECK = series("numproof_readiness_check", check="audit")
LAG = series("numproof_ingest_lag_records", **PARTITION)
SPOOL = series("numproof_audit_spool_bytes")
DENIED = series("numproof_audit_denied_total")
INTEGRITY = series("numproof_directory_integrity_failures_total")
DAMAGED = series("numproof_audit_spool_damaged_total")
BREAKER = series("numproof_redis_breaker_state")
REFUSES_WRITES = series("numproof_redis_refuses_writes")
LETTERS = series("numproof_kafka_delivered_records_total", role="dead_letters")
BURSTS = series("numproof_ingest_poison_bursts_total")
RELOADED = series("numproof_config_last_reload_success")
STARTED = series("process_start_time_seconds")
CLOCK = series("numproof_clock_seconds")
CERTIFICATE = series("numproof_certificate_expiry_seconds", name="http.listen[0]")
REBUILDING = series("numproof_rebuild_running")


def healthy():
    """A busy node on which nothing is wrong, for as long as anybody looks."""
    constant = {
        UP: 1, READY: 1, AUDIT_CHECK: 1, series("numproof_readiness_check", check="directory"): 1,
        BUILD: 1, **{standing(name): 0 for name in STANDINGS},
        standing("usable"): 1, REBUILDING: 0, SPOOL: GIB // 50, series("numproof_audit_spool_max_bytes"): GIB,
        DENIED: 0, INTEGRITY: 0, DAMAGED: 0, BREAKER: 0, REFUSES_WRITES: 0, BURSTS: 0, RELOADED: 1,
        CERTIFICATE: 60 * DAY, STARTED: 17, series("numproof_ingest_poison_records_total", reason="time_missing"): 4}
    # So much more at each scrape. Of addresses one in 200 is in conflict, of answers one in 15 is `false`, of requests
    # one in 10000 fails.
    growing = {
        CLOCK: STEP, requests("200", "answered"): 300, requests("401", "refused"): 30, requests("503", "error"): 0.03,
        requests("500", "error"): 0, lookups("proven"): 300, lookups("conflict"): 1.5, results("match"): 420,
        results("mismatch"): 30, LETTERS: 0.3}
    # It always hovers a little.
    return {**{name: f"{value}x9999" for name, value in constant.items()},
            **{name: f"0+{value}x9999" for name, value in growing.items()}, LAG: " ".join(["3 2000 7"] * 1000)}


@dataclasses.dataclass
class Case:
    """`changed`: series that differ from a healthy node's, None: not there. `firing`: by time, all alerts that fire."""
    name: str
    changed: dict
    firing: dict


def is_down(name):
    return {standing("usable"): "1x9 0x9999", standing(name): "0x9 1x9999", READY: "1x9 0x9999"}


CASES = [
    Case("all is well", {}, {"1m": [], "30m": [], "1h": []}),
    Case("nobody asks", {name: "0x9999" for name in (
        requests("200", "answered"), requests("401", "refused"), requests("503", "error"), lookups("proven"),
        lookups("conflict"), results("match"), results("mismatch"))}, {"1h": []}),
    # Readiness -------------------------------------------------------------------------------
    Case("not ready", {READY: "1x9 0x9999"}, {"5m30s": [], "6m30s": ["NotReady"]}),
    Case("a restart", {READY: "1x9 0x0 1x9999", UP: "1x9 0 1x9999", STARTED: "17x9 317x9999"},
         {"5m30s": [], "20m": []}),
    Case("gone", {UP: "1x9 0x9999", READY: "1x9 _x9999", BUILD: "1x9 _x9999"},
         {"5m30s": [], "6m30s": ["NotReady"], "1h": ["NotReady"]}),
    Case("somebody else is gone", {series("up", instance="other:1"): "0x9999"}, {"1h": []}),
    Case("three starts", {STARTED: "17x9 317 347 377x9999"}, {"6m": ["RestartLoop"], "25m": []}),
    Case("two starts", {STARTED: "17x9 317 347x9999"}, {"6m": []}),
    # The feed --------------------------------------------------------------------------------
    Case("a silent feed", is_down("stale"), {"5m": [], "7m": ["NotReady", "WatermarkStale"]}),
    Case("a hiccup", {standing("stale"): "0x9 1 0x9999"}, {"5m": [], "6m": []}),
    Case("falling behind", {LAG: "0+500x9999"}, {"9m": [], "20m": ["LagGrowing"]}),
    Case("catching up", {LAG: "900000-500x9999"}, {"20m": []}),
    Case("a rebuild", {LAG: "0+500x9999", REBUILDING: "1x9999"}, {"20m": []}),
    Case("many dead letters", {LETTERS: "0x9 0+10x9999"}, {"5m": [], "10m": ["DLQBurst"]}),
    Case("a poisoned feed", {BURSTS: "0x9 1x9999"}, {"5m30s": ["DLQBurst"], "30m": []}),
    # The spool -------------------------------------------------------------------------------
    Case("half full", {SPOOL: f"{int(0.6 * GIB)}x9999"}, {"4m": [], "6m": ["SpoolFilling"]}),
    Case("full in some hours", {SPOOL: f"{int(0.2 * GIB)}+{GIB // 400}x9999"}, {"4m": [], "20m": ["SpoolFilling"]}),
    Case("full in some days", {SPOOL: f"{int(0.2 * GIB)}+{GIB // 40000}x9999"}, {"1h": []}),
    Case("full", {SPOOL: f"{GIB}x9999"}, {"20s": [], "10m": ["SpoolFilling", "SpoolFull"]}),
    Case("a disk that takes nothing", {AUDIT_CHECK: "1x9 0x9999", DENIED: "0x9 3x9999", READY: "1x9 0x9999"},
         {"4m": [], "7m": ["AuditDenied", "NotReady", "SpoolFull"], "12m": ["NotReady", "SpoolFull"]}),
    # What is stored --------------------------------------------------------------------------
    Case("a changed record", {INTEGRITY: "0x9 1x9999"}, {"4m": [], "6m": ["IntegrityFailure"], "20m": []}),
    Case("a damaged segment", {DAMAGED: "0x9 1x9999"}, {"4m": [], "6m": ["IntegrityFailure"]}),
    Case("Redis away", {**is_down("store_unavailable"), BREAKER: "0x9 3x9999"},
         {"5m": [], "7m": ["NotReady", "RedisUnavailable"]}),
    Case("Redis full", {REFUSES_WRITES: "0x9 1x9999"}, {"5m": [], "7m": ["RedisUnavailable"]}),
    Case("a reconnection", {BREAKER: "0x9 1 0x9999"}, {"5m": [], "6m": []}),
    # Answers ---------------------------------------------------------------------------------
    Case("two holders too often", {lookups("conflict"): "0+15x9999"}, {"9m": [], "21m": ["ConflictRate"]}),
    Case("two look-ups an hour", {lookups("proven"): "0x9999", lookups("conflict"): "0+0.02x9999"}, {"1h": []}),
    Case("many wrong numbers", {results("mismatch"): "0+300x9999"}, {"10m": [], "20m": ["FalseRatioHigh"]}),
    Case("few answers, all false", {results("match"): "0x9999", results("mismatch"): "0+0.2x9999"}, {"1h": []}),
    Case("errors, one in twenty", {requests("503", "error"): "0+15x9999"}, {"4m": ["ErrorBudgetBurn"]}),
    Case("errors that ended", {requests("503", "error"): "0+15x20 300x9999"},
         {"6m": ["ErrorBudgetBurn"], "17m": ["ErrorBudgetBurn"], "45m": []}),
    Case("errors, one in 500, for hours", {requests("500", "error"): "0+0.6x9999"}, {"70m": ["ErrorBudgetBurn"]}),
    Case("errors, one in 2000, for days", {requests("500", "error"): "0+0.15x9999"}, {"70m": []}),
    Case("refusals are no errors", {requests("401", "refused"): "0+3000x9999"}, {"1h": []}),
    # The machine -----------------------------------------------------------------------------
    Case("a certificate that ends", {CERTIFICATE: f"{14 * DAY + 1800}x9999"}, {"35m": [], "45m": ["CertExpiring"]}),
    Case("a certificate that has ended", {CERTIFICATE: "0x9999"}, {"9m": [], "12m": ["CertExpiring"]}),
    Case("a certificate that is renewed in time", {CERTIFICATE: f"{14 * DAY + 60}x9 {90 * DAY}x9999"}, {"1h": []}),
    Case("a reload refused", {RELOADED: "1x9 0x9999"}, {"5m": [], "7m": ["ReloadFailed"]}),
    Case("a late clock", {CLOCK: "-3+30x9999"}, {"1m": [], "3m": ["ClockSkew"]}),
    Case("an early clock", {CLOCK: "3+30x9999"}, {"3m": ["ClockSkew"]}),
    Case("a stepping clock", is_down("clock_disagrees"), {"9m": ["ClockSkew", "NotReady"]}),
]
