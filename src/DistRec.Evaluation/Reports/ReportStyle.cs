namespace DistRec.Evaluation.Reports;

/// <summary>The stylesheet of a report: light or dark as the reader's system is, and fit for paper.</summary>
internal static class ReportStyle
{
    /// <summary>The colours that every page and drawing is made of.</summary>
    public const string Colours = """
        :root {
          color-scheme: light dark;
          --page: #f4f6f9; --card: #ffffff; --ink: #17202e; --muted: #586476; --line: #e2e7ee; --grid: #e9edf3;
          --one: #2b66d9; --two: #c85a06; --three: #7a4bc9; --four: #0b7d8c; --five: #b02a6f; --six: #6c7300; --good: #0f7f54; --good-soft: #e3f4ec; --event: #a15c00;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0d1219; --card: #161d27; --ink: #e7ecf3; --muted: #9aa7b8; --line: #2a3443; --grid: #222c39;
            --one: #73a9ff; --two: #ffab61; --three: #c2a1ff; --four: #5fd0e0; --five: #ff8fc4; --six: #c9d05a; --good: #53d39d; --good-soft: #12352a; --event: #f0c060;
          }
        }

        """;

    /// <summary>Classes of the lines of a chart, one after the other; the last one is dashed.</summary>
    public static IReadOnlyList<string> OfLines { get; } = ["two", "three", "four", "five", "six", "one"];

    /// <summary>What lines, bars and axes of charts look like.</summary>
    public const string Charts = """
        .chart { display: block; width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Arial, "DejaVu Sans", sans-serif; }
        .chart.wide { min-width: 620px; }
        .chart text { fill: var(--ink); }
        .chart .tick, .chart .name, .chart .note, .chart .value { fill: var(--muted); font-variant-numeric: tabular-nums; }
        .chart .value { font-size: 11px; } .chart .small { font-size: 10px; }
        .chart .grid { stroke: var(--grid); }
        .chart .axis { stroke: var(--muted); }
        .chart .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
        .chart .line.one { stroke: var(--one); } .chart .line.two { stroke: var(--two); } .chart .line.three { stroke: var(--three); } .chart .line.four { stroke: var(--four); } .chart .line.five { stroke: var(--five); } .chart .line.six { stroke: var(--six); }
        .chart .line.one { stroke-dasharray: 6 4; }
        .chart .dot.one, .bar.one { fill: var(--one); } .chart .dot.two, .bar.two { fill: var(--two); } .chart .dot.three, .bar.three { fill: var(--three); } .chart .dot.four { fill: var(--four); } .chart .dot.five { fill: var(--five); } .chart .dot.six { fill: var(--six); }
        .chart .dot.hidden { fill: transparent; } .chart .dot.hidden:hover { fill: var(--ink); }
        .chart .bar:hover { opacity: 0.75; }
        .chart .best { fill: none; stroke: var(--good); stroke-width: 2.6; }
        .chart .best-label { fill: var(--good); font-weight: 650; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
        .chart .event line { stroke: var(--event); stroke-dasharray: 2 4; } .chart .event path { fill: var(--event); }

        """;

    public const string Css = Colours + Charts + """
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
        main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 56px; }
        header { margin-bottom: 22px; }
        h1 { font-size: 28px; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 6px; overflow-wrap: anywhere; }
        h2 { font-size: 16px; margin: 0 0 12px; letter-spacing: -0.005em; }
        p { margin: 0; }
        .sub { color: var(--muted); }
        .kind { display: inline-block; font: 600 12.5px/1 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; padding: 5px 9px; margin-right: 8px; border-radius: 999px; background: var(--good-soft); color: var(--good); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0 0 16px; padding: 0; }
        .tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
        .tile { padding: 14px 16px; display: flex; flex-direction: column; }
        .tile dt { color: var(--muted); font-size: 13px; }
        .tile dd { margin: 2px 0 0; font-size: 25px; font-weight: 650; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; line-height: 1.25; }
        .tile small { color: var(--muted); font-size: 12.5px; font-weight: 400; letter-spacing: 0; display: block; }
        .tile.lead { border-color: var(--good); background: var(--good-soft); }
        section { padding: 18px 20px; margin-bottom: 16px; min-width: 0; }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 16px; }
        .pair > section { margin-bottom: 0; }
        .pair { margin-bottom: 16px; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
        th, td { text-align: left; padding: 6px 10px 6px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
        tr:first-child > th, thead + tbody tr:first-child > td { border-top: 0; }
        tbody tr:first-child > td { border-top: 0; }
        thead th { color: var(--muted); font-weight: 500; font-size: 13px; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
        thead + tbody tr:first-child > th { border-top: 0; }
        tbody th { font-weight: 500; color: var(--muted); }
        .facts { margin: 0; font-size: 14px; }
        .facts div { display: grid; grid-template-columns: minmax(120px, 38%) 1fr; gap: 12px; padding: 6px 0; border-top: 1px solid var(--line); }
        .facts:not(.settings) div:first-child { border-top: 0; }
        .facts dt { color: var(--muted); } .facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
        .settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 14px 20px; }
        .settings div { display: block; border: 0; padding: 0; } .settings .hash { grid-column: 1 / -1; }
        .settings dt { font-size: 13px; }
        .numbers td, .numbers th { text-align: right; } .numbers th:first-child { text-align: left; } .numbers td.text, .numbers th.text { text-align: left; padding-left: 14px; }
        tr.is-best > * { background: var(--good-soft); color: var(--ink); }
        code { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
        details { margin-top: 10px; } summary { cursor: pointer; color: var(--muted); font-size: 13.5px; } details[open] summary { margin-bottom: 8px; }
        summary:focus-visible { outline: 2px solid var(--one); outline-offset: 2px; border-radius: 4px; }
        .scroll { overflow-x: auto; }
        .events { margin: 12px 0 0; padding: 0; list-style: none; font-size: 14px; } .events li { padding: 4px 0 4px 20px; position: relative; }
        .events li::before { content: "▾"; color: var(--event); position: absolute; left: 2px; }
        .events b { font-weight: 600; font-variant-numeric: tabular-nums; }
        footer { color: var(--muted); font-size: 13px; margin-top: 20px; }
        @media print { body { background: #fff; } section, .tile { break-inside: avoid; } main { max-width: none; padding: 0; } }
        """;
}
