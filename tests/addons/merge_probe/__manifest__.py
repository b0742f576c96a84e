{
    "name": "Merge Probe",
    "summary": "Every kind of link to a name, for the tests of merges only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Call Centre Suite Contributors",
    "license": "AGPL-3",
    "depends": ["crm_dedup"],
    "data": ["security/ir.model.access.csv"],
    "installable": True,
}
