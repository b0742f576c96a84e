from . import crm_segnalazione_forecast_report
