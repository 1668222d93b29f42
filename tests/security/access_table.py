# ruff: noqa: E501  a table is read by its columns
"""Who is answered what, by hand: one line for each route and method. What is not here is a failure (test_access.py).

A cell is the status; `login` is a redirect to a sign-in page. The last column names the tables that a success changes ("-" for none);
a refusal changes nothing, except that a 403 to a method that would change something leaves one entry of the refusal.
The requests, namespaces, tokens and members that the routes are about belong to team vision; `other` owns team speech.
"""

PAGES = """
route                    method  anon   nobody viewer member owner other approver admin auditor owner:rw  changes
home                     GET     login  200    200    200    200   200   200      200   200     login     -
inbox                    GET     login  404    404    404    404   404   200      200   404     login     -
search                   GET     login  200    200    200    200   200   200      200   200     login     -
account_login            GET     200    302    302    302    302   302   302      302   302     200       -
account_login            POST    302    302    302    302    302   302   302      302   302     302       session
account_logout           GET     302    200    200    200    200   200   200      200   200     302       -
account_logout           POST    302    302    302    302    302   302   302      302   302     302       session
account_inactive         GET     200    200    200    200    200   200   200      200   200     200       -
account_change_password  GET     login  200    200    200    200   200   200      200   200     login     -
account_change_password  POST    login  302    302    302    302   302   302      302   302     login     user,session,entry
token_list               GET     login  200    200    200    200   200   200      200   200     login     -
token_list               POST    login  200    200    200    200   200   200      200   200     login     apitoken,entry
token_revoke             POST    login  404    404    404    302   404   404      404   404     login     apitoken,entry
team_detail              GET     login  404    200    200    200   404   200      200   200     login     -
team_detail              POST    login  404    403    403    302   404   403      302   403     login     membership,namespace,entry
member_remove            POST    login  404    403    302    302   404   403      302   403     login     membership,namespace,entry
audit_list               GET     login  200    200    200    200   200   200      200   200     login     -
request_list             GET     login  200    200    200    200   200   200      200   200     login     -
request_stream           GET     login  200    200    200    200   200   200      200   200     login     -
request_reject_many      GET     login  404    404    404    404   404   200      200   404     login     -
request_reject_many      POST    login  404    403    403    403   404   302      302   403     login     request,timelineentry,entry
request_detail           GET     login  404    200    200    200   404   200      200   200     login     -
request_live             GET     login  404    200    200    200   404   200      200   200     login     -
request_approve          POST    login  404    403    403    403   404   302      302   403     login     request,timelineentry,namespace,capacityaccount,allotment,entry
request_weigh            POST    login  404    200    200    200   404   200      200   200     login     -
request_reject           POST    login  404    403    403    403   404   302      302   403     login     request,timelineentry,entry
request_send_back        POST    login  404    403    403    403   404   302      302   403     login     request,timelineentry,entry
request_comment          POST    login  404    403    302    302   404   302      302   403     login     timelineentry,entry
request_withdraw         POST    login  404    403    403    302   404   403      403   403     login     request,timelineentry,entry
request_plan             POST    login  404    302    302    302   404   302      302   302     login     plan,entry
request_revise           GET     login  404    200    200    200   404   200      200   200     login     -
request_revise           POST    login  404    403    403    302   404   403      403   403     login     request,plan,timelineentry,entry
namespace_list           GET     login  200    200    200    200   200   200      200   200     login     -
namespace_new            GET     login  200    200    200    200   200   200      200   200     login     -
namespace_new            POST    login  422    422    302    302   422   422      422   422     login     request,plan,timelineentry,entry
namespace_check          POST    login  200    200    200    200   200   200      200   200     login     -
namespace_detail         GET     login  404    200    200    200   404   200      200   200     login     -
namespace_tab            GET     login  404    200    200    200   404   200      200   200     login     -
namespace_pods           GET     login  404    200    200    200   404   200      200   200     login     -
namespace_pod            GET     login  404    200    200    200   404   200      200   200     login     -
namespace_live           GET     login  404    200    200    200   404   200      200   200     login     -
namespace_logs           GET     login  404    200    200    200   404   200      200   200     login     -
pod_logs                 GET     login  404    200    200    200   404   200      200   200     login     -
pod_log                  GET     login  404    503    503    503   404   503      503   503     login     -
namespace_retry          POST    login  404    403    302    302   404   403      302   403     login     namespace,timelineentry,entry
namespace_delete         GET     login  404    200    200    200   404   200      200   200     login     -
namespace_delete         POST    login  404    403    403    302   404   403      302   403     login     namespace,entry
home_live                GET     login  200    200    200    200   200   200      200   200     login     -
deployment_list          GET     login  200    200    200    200   200   200      200   200     login     -
deployment_stream        GET     login  200    200    200    200   200   200      200   200     login     -
deployment_new           GET     login  200    200    200    200   200   200      200   200     login     -
deployment_new           POST    login  422    422    302    302   422   422      422   422     login     modeldeployment,revision,entry
deployment_check         POST    login  200    200    200    200   200   200      200   200     login     -
deployment_word          POST    login  200    200    200    200   200   200      200   200     login     -
deployment_detail        GET     login  404    200    200    200   404   200      200   200     login     -
deployment_tab           GET     login  404    200    200    200   404   200      200   200     login     -
deployment_try           GET     login  404    200    200    200   404   200      200   200     login     -
deployment_try           POST    login  404    403    409    409   404   403      403   403     login     -
deployment_live          GET     login  404    200    200    200   404   200      200   200     login     -
deployment_logs          GET     login  404    200    200    200   404   200      200   200     login     -
deployment_edit          GET     login  404    200    200    200   404   200      200   200     login     -
deployment_edit          POST    login  404    403    302    302   404   403      403   403     login     modeldeployment,revision,entry
deployment_revise        GET     login  404    200    200    200   404   200      200   200     login     -
deployment_revise        POST    login  404    403    403    302   404   403      403   403     login     request,plan,timelineentry,entry
deployment_pause         POST    login  404    403    302    302   404   403      403   403     login     modeldeployment,entry
deployment_resume        POST    login  404    403    302    302   404   403      403   403     login     modeldeployment,entry
deployment_retry         POST    login  404    403    302    302   404   403      302   403     login     modeldeployment,entry
deployment_follow        POST    login  404    403    302    302   404   403      403   403     login     modeldeployment,entry
deployment_roll_back     POST    login  404    403    302    302   404   403      403   403     login     modeldeployment,revision,entry
deployment_promote_to    GET     login  404    200    200    200   404   200      200   200     login     -
deployment_promote_to    POST    login  404    403    302    302   404   403      403   403     login     modeldeployment,revision,entry
deployment_delete        GET     login  404    200    200    200   404   200      200   200     login     -
deployment_delete        POST    login  404    403    302    302   404   403      302   403     login     modeldeployment,entry
rollout_share            POST    login  404    403    302    302   404   403      403   403     login     modeldeployment,rollout,entry
rollout_promote          POST    login  404    403    302    302   404   403      403   403     login     modeldeployment,rollout,entry
rollout_roll_back        POST    login  404    403    302    302   404   403      403   403     login     modeldeployment,rollout,entry
model_list               GET     login  200    200    200    200   200   200      200   200     login     -
model_stream             GET     login  200    200    200    200   200   200      200   200     login     -
model_new                GET     login  200    200    200    200   200   200      200   200     login     -
model_new                POST    login  422    422    302    302   422   422      302   422     login     change,entry
model_detail             GET     login  404    200    200    200   404   200      200   200     login     -
model_live               GET     login  404    200    200    200   404   200      200   200     login     -
model_version_new        GET     login  404    200    200    200   404   200      200   200     login     -
model_version_new        POST    login  404    403    302    302   404   403      302   403     login     change,entry
model_alias_set          POST    login  404    403    403    302   404   403      302   403     login     change,entry
model_alias_remove       POST    login  404    403    403    302   404   403      302   403     login     change,entry
model_tag_set            POST    login  404    403    302    302   404   403      302   403     login     change,entry
model_tag_remove         POST    login  404    403    302    302   404   403      302   403     login     change,entry
model_version            GET     login  404    200    200    200   404   200      200   200     login     -
model_files              GET     login  404    200    200    200   404   200      200   200     login     -
model_file               GET     login  404    503    503    503   404   503      503   503     login     -
cluster_list             GET     login  200    200    200    200   200   200      200   200     login     -
cluster_detail           GET     login  200    200    200    200   200   200      200   200     login     -
cluster_live             GET     login  200    200    200    200   200   200      200   200     login     -
drift_list               GET     login  404    404    404    404   404   200      200   200     login     -
set_language             POST    302    302    302    302    302   302   302      302   302     302       -
healthz                  GET     200    200    200    200    200   200   200      200   200     200       -
readyz                   GET     503    503    503    503    503   503   503      503   503     503       -
metrics                  GET     401    403    403    403    403   403   200      200   200     403       -
docs                     GET     login  200    200    200    200   200   200      200   200     login     -
"""

API = """
route                    method  anon nobody viewer member owner other approver admin auditor owner:r owner:rw approver:rw approver:rd  changes
schema                   GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-me                   GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-teams                GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-teams                POST    401  403    403    403    403   403   403      201   403     403     403      403         403          team,entry
api-team                 GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
api-team                 PATCH   401  404    403    403    200   404   403      200   403     403     200      403         403          team,entry
api-members              GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
api-members              POST    401  404    403    403    201   404   403      201   403     403     201      403         403          membership,namespace,entry
api-member               GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
api-member               PATCH   401  404    403    403    200   404   403      200   403     403     200      403         403          membership,namespace,entry
api-member               DELETE  401  404    403    204    204   404   403      204   403     403     204      403         403          membership,namespace,entry
api-tokens               GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-tokens               POST    401  201    201    201    201   201   201      201   201     403     201      201         403          apitoken,entry
api-token                GET     401  404    404    404    200   404   404      404   404     200     200      404         404          -
api-token                DELETE  401  404    404    404    204   404   404      404   404     403     204      404         403          apitoken,entry
api-users                GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-user                 GET     401  404    404    404    404   404   404      200   404     404     404      404         404          -
api-user-deactivation    PUT     401  404    404    404    404   404   404      200   404     403     404      404         403          user,apitoken,entry
api-user-deactivation    DELETE  401  404    404    404    404   404   404      200   404     403     404      404         403          user,entry
api-platform-roles       POST    401  404    404    404    404   404   404      200   404     403     404      404         403          platformrole,entry
api-platform-role        DELETE  401  404    404    404    404   404   404      204   404     403     404      404         403          platformrole,user,entry
api-clusters             GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-cluster              GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-cluster-nodes        GET     401  403    403    403    403   403   403      200   403     403     403      403         403          -
api-cluster-flavors      POST    401  403    403    403    403   403   403      201   403     403     403      403         403          gpuflavor,capacityaccount,entry
api-drifts               GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-audit-entries        GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-audit-entry          GET     401  404    200    200    200   404   404      200   200     200     200      404         404          -
request-list             GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
request-detail           GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
request-plan             GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
request-refresh-plan     POST    401  404    202    202    202   404   202      202   202     403     202      202         403          plan,entry
request-approve          POST    401  404    403    403    403   404   200      200   403     403     403      403         200          request,timelineentry,namespace,capacityaccount,allotment,entry
request-reject           POST    401  404    403    403    403   404   200      200   403     403     403      403         200          request,timelineentry,entry
request-ask-for-changes  POST    401  404    403    403    403   404   200      200   403     403     403      403         200          request,timelineentry,entry
request-comments         POST    401  404    403    201    201   404   201      201   403     403     201      201         403          timelineentry,entry
request-withdraw         POST    401  404    403    403    200   404   403      403   403     403     200      403         403          request,timelineentry,entry
namespace-requests       POST    401  400    403    201    201   400   403      403   403     403     201      403         403          request,plan,timelineentry,entry
namespace-request        PUT     401  404    403    403    200   404   403      403   403     403     200      403         403          request,plan,timelineentry,entry
namespace-list           GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
namespace-detail         GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
namespace-detail         DELETE  401  404    403    403    202   404   403      202   403     403     202      403         403          namespace,entry
namespace-pods           GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
namespace-events         GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
namespace-series         GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
namespace-pod-series     GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
namespace-pod            GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
namespace-explanations   GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
namespace-pod-log        GET     401  404    503    503    503   404   503      503   503     503     503      503         503          -
namespace-manifests      GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
namespace-retry          POST    401  404    403    202    202   404   403      202   403     403     202      403         403          namespace,timelineentry,entry
api-models               GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-models               POST    401  400    403    202    202   400   403      202   403     403     202      403         403          change,entry
api-model                GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
api-model-versions       GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
api-model-versions       POST    401  404    403    202    202   404   403      202   403     403     202      403         403          change,entry
api-model-version        GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
api-model-files          GET     401  404    503    503    503   404   503      503   503     503     503      503         503          -
api-model-file           GET     401  404    503    503    503   404   503      503   503     503     503      503         503          -
api-model-aliases        GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
api-model-alias          PUT     401  404    403    403    202   404   403      202   403     403     202      403         403          change,entry
api-model-alias          DELETE  401  404    403    403    202   404   403      202   403     403     202      403         403          change,entry
api-model-tags           POST    401  404    403    202    202   404   403      202   403     403     202      403         403          change,entry
api-model-tags           DELETE  401  404    403    202    202   404   403      202   403     403     202      403         403          change,entry
api-model-changes        GET     401  200    200    200    200   200   200      200   200     200     200      200         200          -
api-model-change         GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
deployment-list          GET     401    200    200    200    200    200    200    200    200    200    200    200    200    -
deployment-list          POST    401    400    403    201    201    400    403    403    403    403    201    403    403    modeldeployment,revision,entry
deployment-findings      POST    401    400    200    200    200    400    200    200    200    200    200    200    200    -
deployment-detail        GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-detail        PUT     401    404    403    200    200    404    403    403    403    403    200    403    403    modeldeployment,revision,entry
deployment-detail        PATCH   401    404    403    200    200    404    403    403    403    403    200    403    403    modeldeployment,revision,entry
deployment-detail        DELETE  401    404    403    202    202    404    403    202    403    403    202    403    403    modeldeployment,entry
deployment-pause         POST    401    404    403    202    202    404    403    403    403    403    202    403    403    modeldeployment,entry
deployment-resume        POST    401    404    403    202    202    404    403    403    403    403    202    403    403    modeldeployment,entry
deployment-retry         POST    401    404    403    202    202    404    403    202    403    403    202    403    403    modeldeployment,entry
deployment-follow        POST    401    404    403    200    200    404    403    403    403    403    200    403    403    modeldeployment,entry
deployment-roll-back     POST    401    404    403    200    200    404    403    403    403    403    200    403    403    modeldeployment,revision,entry
deployment-promote-to    POST    401    404    403    201    201    404    403    403    403    403    201    403    403    modeldeployment,revision,entry
deployment-predict       POST    401    404    403    409    409    404    403    403    403    403    409    403    403    -
deployment-pods          GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-explanations  GET     401  404    200    200    200   404   200      200   200     200     200      200         200          -
deployment-events        GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-scaling-steps GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-series        GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-manifests     GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-revisions     GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-revision      GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-revision-diff GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-rollouts      GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-rollout       GET     401    404    200    200    200    404    200    200    200    200    200    200    200    -
deployment-rollout-share POST    401    404    403    202    202    404    403    403    403    403    202    403    403    modeldeployment,rollout,entry
deployment-rollout-promote POST    401    404    403    202    202    404    403    403    403    403    202    403    403    modeldeployment,rollout,entry
deployment-rollout-roll-back POST    401    404    403    202    202    404    403    403    403    403    202    403    403    modeldeployment,rollout,entry
"""

ADMIN = """
route                     method  anon   owner  approver auditor admin owner:rw  changes
admin:index               GET     login  login  login    login   200   login     -
admin:login               GET     login  403    403      403     302   login     -
admin:login               POST    login  403    403      403     200   login     -
admin:logout              POST    login  302    302      302     200   login     session
admin:password_change     GET     login  login  login    login   302   login     -
admin:password_change     POST    login  login  login    login   302   login     -
admin:password_change_done GET    login  login  login    login   200   login     -
admin:autocomplete        GET     login  login  login    login   403   login     -
admin:jsi18n              GET     login  login  login    login   200   login     -
admin:view_on_site        GET     login  login  login    login   404   login     -
admin:app_list            GET     login  login  login    login   200   login     -
admin/(?P<url>.*)$        GET     login  login  login    login   404   login     -
"""

# The admin site's tables: everybody but an admin is sent to the sign-in. A cell names the tables that an admin changes there besides
# the audit log and the admin site's own; "no" is a 403.
ADMIN_MODELS = """
model                     add                   change                delete
audit_entry               no                    no                    no
accounts_user             user                  user,apitoken         no
accounts_platformrole     platformrole          no                    platformrole,user
accounts_team             team                  team                  no
accounts_membership       membership,namespace  membership,namespace  membership,namespace
accounts_apitoken         no                    no                    apitoken
clusters_cluster          no                    cluster,capacityaccount,gpuflavor  no
clusters_capacityaccount  no                    capacityaccount,gpuflavor  no
clusters_gpuflavor        no                    capacityaccount,gpuflavor  no
deployments_deploymentpolicy  no                deploymentpolicy      no
deployments_storageprefix  storageprefix        no                    storageprefix
clusters_node             no                    no                    no
clusters_drift            no                    no                    no
"""
