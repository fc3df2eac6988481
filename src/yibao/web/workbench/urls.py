"""Addresses of the staff's pages that belong to no single service."""

from django.urls import path

from yibao.web.workbench import (
    callbacks,
    lists,
    officers,
    pages,
    payouts,
    promises,
    reconciling,
    results,
    security,
    taking,
    undelivered,
)

app_name = "workbench"
urlpatterns = [
    path("", lists.queue, name="queue"),
    path("next", taking.take_next, name="next"),
    path("filters", taking.save, name="save_filter"),
    path("filters/<int:saved>/forget", taking.forget, name="forget_filter"),
    path("sign-in", pages.sign_in, name="sign_in"),
    path("undelivered", undelivered.index, name="undelivered"),
    path("undelivered/<int:delivery>/again", undelivered.again, name="undelivered_again"),
    path("security", security.overview, name="security"),
    path("security/totp", security.totp, name="totp"),
    path("security/passkey", security.passkey, name="passkey"),
    path("security/remove", security.remove_factor, name="remove_factor"),
    path("security/codes", security.recovery_codes, name="recovery_codes"),
    path("second-factor", security.second_factor, name="second_factor"),
    path("password", security.password, name="password"),
    path("office", officers.change_office, name="office"),
    path("accounts", officers.account_list, name="accounts"),
    path("accounts/new", officers.new_account, name="new_account"),
    path("accounts/<int:account>", officers.one_account, name="account"),
    path("accounts/<int:account>/do/<slug:verb>", officers.account_step, name="account_step"),
    path("sign-ins", officers.sign_ins, name="sign_ins"),
    path("account-events", officers.account_events, name="account_events"),
    path("ledger", pages.ledger, name="ledger"),
    path("batches", payouts.batch_list, name="batches"),
    path("reconcile", reconciling.reconcile, name="reconcile"),
    path("call-backs", callbacks.listed, name="call_backs"),
    path("call-backs/<int:call>", callbacks.one, name="call_back"),
    path("promises", promises.found, name="promises"),
    path("promises/draw", promises.draw, name="draw"),
    path("promises/<str:letter>", promises.one, name="promise"),
    path("bank-results", results.read_in, name="bank_results"),
    path("batches/<str:batch>", payouts.one_batch, name="batch"),
    path("batches/<str:batch>/file", payouts.batch_file, name="batch_file"),
    path("batches/<str:batch>/do/<slug:verb>", payouts.batch_step, name="batch_step"),
]
