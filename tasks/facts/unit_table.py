"""Names of units, each line a dimension, the factor to its base unit, and spellings (pure)."""

LINES = """
length 1 m metre metres meter meters
length 1000 km kms kilometre kilometres kilometer kilometers
length 0.01 cm centimetre centimetres centimeter centimeters
length 0.001 mm millimetre millimetres millimeter millimeters
length 1e-6 µm um micrometre micrometres micrometer micron microns
length 1e-9 nanometre nanometres nanometer nanometers
length 1609.344 mi mile miles
length 1852 nmi NM nautical_mile nautical_miles sea_miles
length 0.9144 yd yds yard yards
length 0.3048 ft foot feet
length 0.0254 in. inch inches
length 9.4607304725808e15 ly light-year light-years light_years light_year
length 149597870700 au AU astronomical_unit astronomical_units
area 1 m^2 m2 sqm sq_m square_metre square_metres square_meter square_meters
area 1e6 km^2 km2 sq_km square_kilometre square_kilometres square_kilometer square_kilometers
area 1e-4 cm^2 cm2 square_centimetres square_centimeters
area 1e4 ha hectare hectares
area 4046.8564224 acre acres
area 2589988.110336 mi^2 sq_mi square_mile square_miles
area 0.09290304 ft^2 sq_ft square_foot square_feet
volume 1 l L litre litres liter liters
volume 0.001 ml mL millilitre millilitres milliliter milliliters cc cm^3 cm3
volume 0.001 cubic_centimetres cubic_centimeters
volume 0.01 cl centilitre centilitres
volume 0.1 dl decilitre decilitres
volume 1000 m^3 m3 cbm cubic_metre cubic_metres cubic_meter cubic_meters
volume 28.316846592 ft^3 cubic_foot cubic_feet cu_ft
volume 3.785411784 gal gallon gallons US_gallons
volume 0.2365882365 cup cups
volume 0.01478676478125 tbsp tablespoon tablespoons
volume 0.00492892159375 tsp teaspoon teaspoons
mass 1 kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes
mass 0.001 g gram grams gramme grammes
mass 1e-6 mg milligram milligrams
mass 1e-9 µg ug microgram micrograms mcg
mass 1000 t tonne tonnes metric_ton metric_tons
mass 0.45359237 lb lbs pound pounds
mass 0.028349523125 oz ounce ounces
mass 6.35029318 stone stones
time 1 s sec secs second seconds
time 0.001 ms millisecond milliseconds msec
time 1e-6 µs us microsecond microseconds
time 1e-9 ns nanosecond nanoseconds
time 1e-12 ps picosecond picoseconds
time 60 min mins minute minutes
time 3600 h hr hrs hour hours
time 86400 d day days
time 604800 wk week weeks
time 2629746 month months
time 31556952 y yr yrs year years
speed 1 m/s mps metres_per_second meters_per_second metres_a_second meters_a_second metre_per_second
speed 0.2777777777777778 km/h kmh kph km/hr kilometres_per_hour kilometers_per_hour kilometres_an_hour
speed 0.2777777777777778 kilometers_an_hour km_per_hour km_an_hour kmph
speed 0.44704 mph mi/h miles_per_hour miles_an_hour
speed 0.5144444444444445 kn kt kts knot knots
speed 0.3048 ft/s feet_per_second
pressure 1 Pa pascal pascals
pressure 100 hPa hectopascal hectopascals mbar mb millibar millibars
pressure 1000 kPa kilopascal kilopascals
pressure 100000 bar bars
pressure 101325 atm atmosphere atmospheres
pressure 6894.757293168 psi
pressure 133.322387415 mmHg
pressure 3386.389 inHg
energy 1 J joule joules
energy 1000 kJ kilojoule kilojoules
energy 1e6 MJ megajoule megajoules
energy 4184 kcal kilocalorie kilocalories Cal Calories calories
energy 3600 Wh watt-hours watt_hours
energy 3.6e6 kWh kilowatt_hour kilowatt_hours kilowatt-hour kilowatt-hours
energy 3.6e9 MWh megawatt_hours
particle 1 eV
particle 1000 keV
particle 1e6 MeV megaelectronvolts MeV/c^2 MeV/c2
particle 1e9 GeV GeV/c^2 GeV/c2
particle 1e12 TeV
power 1 W watt watts
power 1000 kW kilowatt kilowatts
power 1e6 MW megawatt megawatts
power 0.001 mW milliwatt milliwatts
power 745.6998715822702 hp horsepower
angle 1 deg degs degree degrees ° º
angle 57.29577951308232 rad radian radians
angle 0.016666666666666666 arcmin arcminutes
angle 0.0002777777777777778 arcsec arcseconds
frequency 1 Hz hertz
frequency 1000 kHz kilohertz
frequency 1e6 MHz megahertz
frequency 1e9 GHz gigahertz
resistance 1 Ω ohm ohms
resistance 1000 kΩ kohm kilohm kilohms kiloohms
resistance 1e6 MΩ megohm megohms
voltage 1 V volt volts
voltage 0.001 mV millivolt millivolts
voltage 1000 kV kilovolt kilovolts
current 1 A amp amps ampere amperes
current 0.001 mA milliamp milliamps milliampere milliamperes
capacity 1 F farad farads
capacity 1e-6 µF uF microfarad microfarads
capacity 1e-9 nF nanofarad nanofarads
capacity 1e-12 pF picofarad picofarads
flux 1 T tesla
flux 0.001 mT millitesla
flux 1e-6 µT uT microtesla microteslas
flux 1e-9 nT nanotesla nanoteslas
amount 1 mol mols mole moles
amount 0.001 mmol millimole millimoles
molar 1 g/mol grams_per_mole gram_per_mole g_per_mol
molar 1000 kg/mol kilograms_per_mole
ratio 0.01 % percent per_cent pct percentage_points percentage_point
ratio 0.001 ‰ permille per_mille
ratio 1e-6 ppm
information 8 B byte bytes
information 1 bit bits
information 8000 kB KB kilobyte kilobytes
information 8e6 MB megabyte megabytes
information 8e9 GB gigabyte gigabytes
information 8192 KiB
information 8388608 MiB
length_units 1 px pixel pixels
"""
