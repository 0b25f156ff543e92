//! A curve as SVG, both axes logarithmic.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use plotters::prelude::*;

use crate::curve::Curve;
use crate::measure::Point;

const SIZE: (u32, u32) = (720, 420);
const COLOURS: [RGBColor; 5] = [
    RGBColor(0x1f, 0x6f, 0xb4),
    RGBColor(0xd9, 0x5f, 0x02),
    RGBColor(0x1b, 0x9e, 0x77),
    RGBColor(0x75, 0x70, 0xb3),
    RGBColor(0xa6, 0x1c, 0x3c),
];

/// Draws the series of a curve, by name.
pub(crate) fn draw(path: &Path, curve: &Curve, series: &[(&str, Vec<Point>)]) -> Result<(), Box<dyn Error>> {
    let points = || series.iter().flat_map(|(_, points)| points);
    let across = range(points().map(|point| point.x));
    let up = range(points().map(|point| point.ns_per_event));
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(curve.title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(70)
        .build_cartesian_2d(across.log_scale(), up.log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .max_light_lines(0)
        .x_desc(curve.axis)
        .y_desc("ns an event")
        .x_label_formatter(&|x| short(*x))
        .y_label_formatter(&|y| short(*y))
        .draw()?;
    for ((name, points), colour) in series.iter().zip(COLOURS.iter().cycle()) {
        let places = || points.iter().map(|point| (point.x, point.ns_per_event));
        chart
            .draw_series(LineSeries::new(places(), colour.stroke_width(2)))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        chart.draw_series(places().map(|place| Circle::new(place, 3, colour.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    area.present()?;
    Ok(())
}

/// From the power of ten below all values to the one above.
fn range(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (least, most) = values
        .fold((f64::MAX, f64::MIN_POSITIVE), |(least, most), value| (least.min(value), most.max(value)));
    let (least, most) = (least.min(most).log10().floor(), most.log10().ceil());
    10_f64.powf(least)..10_f64.powf(most.max(least + 1.0))
}

/// `0.1`, `100`, `10k`, `1M`.
fn short(number: f64) -> String {
    match number {
        1e6.. => format!("{}M", number / 1e6),
        1e3.. => format!("{}k", number / 1e3),
        1.0.. => format!("{number:.0}"),
        _ => format!("{number:.2}"),
    }
}
