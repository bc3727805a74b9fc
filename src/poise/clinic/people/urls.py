"""The addresses of this app. allauth's pages stand here one by one: only those that a clinic needs."""

from __future__ import annotations

from allauth.account import views as allauth_account
from allauth.mfa.base import views as allauth_factors
from allauth.mfa.recovery_codes import views as allauth_codes
from allauth.mfa.totp import views as allauth_app
from allauth.mfa.webauthn import views as allauth_keys
from django.urls import URLPattern, URLResolver, path, re_path

from poise.clinic.people.access import public, requires
from poise.clinic.people.views import account, care, entrance, home, lock, people, reset

own = requires("own.account")
signing_in = public("Signing in comes before one is known.")
lost_password = public("Who lost the password cannot sign in; the answer is the same whether the address is known.")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("language/", home.set_language, name="set_language"),
    path("entrance/", entrance.entrance_open, name="entrance-open"),
    path("entrance/<str:secret>/", entrance.entrance, name="entrance"),
    # One's own account
    path("account/", account.account, name="account"),
    path("account/sign-in/", signing_in(allauth_account.login), name="account_login"),
    path("account/sign-in/code/", signing_in(allauth_factors.authenticate), name="mfa_authenticate"),
    path("account/sign-in/passkey/", signing_in(allauth_keys.login_webauthn), name="mfa_login_webauthn"),
    path("account/sign-out/", signing_in(allauth_account.logout), name="account_logout"),
    path("account/stopped/", signing_in(allauth_account.account_inactive), name="account_inactive"),
    path("account/confirm/", own(allauth_account.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code/", own(allauth_factors.reauthenticate), name="mfa_reauthenticate"),
    path("account/confirm/passkey/", own(allauth_keys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/password/", own(allauth_account.password_change), name="account_change_password"),
    path("account/password/set/", own(allauth_account.password_set), name="account_set_password"),
    path("account/password/lost/", lost_password(reset.password_lost), name="account_reset_password"),
    path("account/password/lost/sent/", lost_password(allauth_account.password_reset_done),
         name="account_reset_password_done"),
    re_path(r"^account/password/lost/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
            lost_password(allauth_account.password_reset_from_key), name="account_reset_password_from_key"),
    path("account/password/lost/done/", lost_password(allauth_account.password_reset_from_key_done),
         name="account_reset_password_from_key_done"),
    path("account/second-factor/", account.second_factor, name="second-factor"),
    path("account/factors/", own(allauth_factors.index), name="mfa_index"),
    path("account/factors/app/", own(allauth_app.activate_totp), name="mfa_activate_totp"),
    path("account/factors/app/remove/", own(allauth_app.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/factors/keys/", own(allauth_keys.list_webauthn), name="mfa_list_webauthn"),
    path("account/factors/keys/add/", own(allauth_keys.add_webauthn), name="mfa_add_webauthn"),
    path("account/factors/keys/<int:pk>/remove/", own(allauth_keys.remove_webauthn), name="mfa_remove_webauthn"),
    path("account/factors/keys/<int:pk>/edit/", own(allauth_keys.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/factors/codes/", own(allauth_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/factors/codes/new/", own(allauth_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/sessions/", account.session_list, name="sessions"),
    path("account/sessions/end/", account.sessions_end, name="sessions-end"),
    path("account/sessions/<int:session_id>/end/", account.session_end, name="session-end"),
    # The lock
    path("screen/lock/", lock.lock, name="lock"),
    path("screen/", lock.state, name="screen"),
    path("screen/awake/", lock.awake, name="screen-awake"),
    path("screen/open/", lock.unlock, name="unlock"),
    path("screen/kept/", lock.held, name="held"),
    # The clinic's people
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/", people.invitation_list, name="invitations"),
    path("people/invitations/<uuid:invitation_id>/", people.invitation_change, name="invitation-change"),
    path("people/<uuid:user_id>/", people.person, name="person"),
    path("people/<uuid:user_id>/activity/", people.person_activity, name="person-activity"),
    path("people/<uuid:user_id>/way-in/", people.person_way_in, name="person-way-in"),
    path("clinic/", people.clinic_settings, name="clinic-settings"),
    path("clinic/opened-charts/", care.glass_uses, name="glass-uses"),
    path("clinic/opened-charts/<uuid:glass_id>/review/", care.glass_review, name="glass-review"),
    # A patient's
    path("patients/<uuid:patient_id>/invite/", people.patient_invite, name="patient-invite"),
    path("patients/<uuid:patient_id>/team/", care.care_team, name="team"),
    path("patients/<uuid:patient_id>/team/add/", care.team_add, name="team-add"),
    path("patients/<uuid:patient_id>/team/<int:member_id>/", care.team_change, name="team-change"),
    path("patients/<uuid:patient_id>/glass/", care.glass_break, name="glass-break"),
    path("patients/<uuid:patient_id>/glass/end/", care.glass_end, name="glass-end"),
]  # fmt: skip
