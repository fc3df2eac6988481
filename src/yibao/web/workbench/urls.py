"""Addresses of the staff's pages that belong to no single service."""

from django.urls import path

from yibao.web.workbench import callbacks, lists, pages, payouts, promises, reconciling, results, taking, undelivered

app_name = "workbench"
urlpatterns = [
    path("", lists.queue, name="queue"),
    path("next", taking.take_next, name="next"),
    path("filters", taking.save, name="save_filter"),
    path("filters/<int:saved>/forget", taking.forget, name="forget_filter"),
    path("sign-in", pages.sign_in, name="sign_in"),
    path("undelivered", undelivered.index, name="undelivered"),
    path("undelivered/<int:delivery>/again", undelivered.again, name="undelivered_again"),
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
