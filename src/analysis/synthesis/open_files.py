"""Where each published file stands in the folder that ``fetch`` fills."""

from pathlib import Path

LOCAL_AREA = {
    "2020-07-11": "ons-deaths-local-area-deprivation/granular_mortality_file_mar-jun2020.xlsx",
    "2020-06-06": "ons-deaths-local-area-deprivation/granular_mortality_file_mar-may2020.xlsx",
}
FILES = {
    "monthly": "ons-deaths-involving-covid-mar-jun2020",
    "weekly": "ons-weekly-deaths/publishedweek532020.xlsx",
    "deaths by decile": "ons-deaths-cause-imd-age-sex/deaths_by_imd.csv",
    "people by decile": "ons-deaths-cause-imd-age-sex/pops_by_imd.csv",
    "national estimates": (
        "ons-annual-deaths-and-populations/dat04_mye_age_grp_england_and_wales_2001_to_2019.csv"
    ),
    "lsoa mid-2019": "pop_lsoa/lsoa11_persons_syoa_mid2019.parquet",
    "lsoa mid-2020": "pop_lsoa/lsoa11_persons_syoa_mid2020.parquet",
    "msoa females": "pop_msoa/124465290female.csv.gz",
    "msoa males": "pop_msoa/1403030074male.csv.gz",
    "authorities": "pop_lad/ukmidyearestimates20192020ladcodes.xls",
    "deciles mid-2020": "pop_imd_decile/populationbyimdenglandandwales2020.xlsx",
    "decile history": "pop_imd_decile/england_pop_2002_2020_sex_syoa_dimd_IMPACTncd.csv.gz",
    "lookup": "lookups/lsoa11_msoa11_lad19_20_21_region_country.csv.gz",
    "msoa names": "lookups/msoa11_hcl_names.csv.gz",
    "imd": "imd/imd2019_england_lsoa11.csv.gz",
    "wimd": "imd/wimd2019_wales_lsoa11.csv.gz",
}
# Weekly registrations of 2010 to 2020, a workbook a year.
WEEKLY = (
    *(f"ons-weekly-deaths/publishedweek{year}.xls" for year in range(2010, 2016)),
    "ons-weekly-deaths/publishedweek522016.xls",
    "ons-weekly-deaths/publishedweek522017.xls",
    "ons-weekly-deaths/publishedweek522018withupdatedrespiratoryrow.xls",
    "ons-weekly-deaths/publishedweek522019.xls",
    FILES["weekly"],
)


def published(folder: str | Path, name: str) -> Path:
    """Return the path of a published file below ``folder``, by its short name."""
    return Path(folder) / FILES[name]
