//! Speed and time until back over the commit interval, one beside the other.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::commits::Point;

const SIZE: (u32, u32) = (900, 400);
const COLOURS: [RGBColor; 3] =
    [RGBColor(0x1f, 0x6f, 0xb4), RGBColor(0xd9, 0x5f, 0x02), RGBColor(0x1b, 0x9e, 0x77)];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

/// Draws what was measured over each store, by name.
pub(crate) fn draw(path: &Path, stores: &[(&str, Vec<Point>)]) -> Drawn {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let (left, right) = area.split_horizontally(SIZE.0 / 2);
    panel(&left, "W8 over a store", "million events a second", stores, |point| point.speed)?;
    panel(&right, "after a kill just before a commit", "seconds until back", stores, |point| point.back)?;
    area.present()?;
    Ok(())
}

fn panel(
    area: &Area<'_>,
    title: &str,
    up: &str,
    stores: &[(&str, Vec<Point>)],
    height: fn(&Point) -> f64,
) -> Drawn {
    let points = || stores.iter().flat_map(|(_, points)| points);
    let most = points().map(height).fold(0.0, f64::max) * 1.1;
    let across = (3_000.0..3_000_000.0).log_scale();
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 16))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(across, 0.0..most)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .max_light_lines(0)
        .x_desc("events between commits")
        .y_desc(up)
        .x_label_formatter(&|x| if *x >= 1e6 { format!("{}M", x / 1e6) } else { format!("{}k", x / 1e3) })
        .draw()?;
    for ((name, points), colour) in stores.iter().zip(COLOURS.iter().cycle()) {
        let places = || points.iter().map(|point| (point.interval, height(point)));
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
    Ok(())
}
