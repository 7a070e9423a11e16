using System.Net;

namespace DistRec.Evaluation.Reports;

/// <summary>Text and numbers as they go into HTML.</summary>
internal static class HtmlText
{
    /// <summary>What stands where there is no figure.</summary>
    public const string None = "–";

    /// <summary>
    /// Any text, safe between tags and inside quoted attributes; characters that HTML and XML have no place for become U+FFFD.
    /// </summary>
    public static string Escape(string text)
    {
        string printable = string.Create(text.Length, text, static (span, source) =>
        {
            for (int index = 0; index < span.Length; index++)
            {
                char one = source[index];
                span[index] = (char.IsControl(one) && one is not ('\n' or '\r' or '\t')) || one >= '\uFFFE' ? '\uFFFD' : one;
            }
        });
        return WebUtility.HtmlEncode(printable);
    }

    /// <summary>An error or rate: four decimals, or as many as a small number needs.</summary>
    public static string Figure(double? value) => value switch
    {
        null => None,
        { } number when !double.IsFinite(number) => "diverged",
        0 => "0",
        { } number when Math.Abs(number) is < 0.001 or >= 1e7 => number.ToString("0.###e+0"),
        { } number when Math.Abs(number) >= 1000 => number.ToString("#,0"),
        { } number => number.ToString("0.0000"),
    };

    /// <summary>A whole number with separators.</summary>
    public static string Count(long count) => count.ToString("#,0");

    /// <summary>A number on an axis whose ticks are some step apart.</summary>
    public static string Tick(double value, double step)
    {
        double magnitude = Math.Abs(value);
        return magnitude switch
        {
            < 1e-12 => "0",
            >= 1e12 or < 1e-3 => Signed(value.ToString("0.##e+0")),
            >= 1e9 => Signed($"{Fixed(value / 1e9, step / 1e9)}G"),
            >= 1e6 => Signed($"{Fixed(value / 1e6, step / 1e6)}M"),
            >= 1e4 => Signed($"{Fixed(value / 1e3, step / 1e3)}k"),
            _ => Signed(Fixed(value, step)),
        };
    }

    /// <summary>The end of a bar.</summary>
    public static string Edge(double value) => Signed(value.ToString("0.######"));

    /// <summary>A position inside an SVG.</summary>
    public static string Position(double value) => value.ToString("0.##");

    /// <summary>A length of time, to three digits or so.</summary>
    public static string Duration(TimeSpan duration) => duration.TotalSeconds switch
    {
        < 0.9995 => $"{duration.TotalMilliseconds:0} ms",
        < 9.95 => $"{duration.TotalSeconds:0.00} s",
        < 99.5 => $"{duration.TotalSeconds:0.0} s",
        < 3600 => $"{(int)duration.TotalMinutes} min {duration.Seconds} s",
        _ => $"{(int)duration.TotalHours} h {duration.Minutes} min",
    };

    // The sign that typography has for it, which is as wide as a plus.
    private static string Signed(string number) => number.Replace('-', '\u2212');

    private static string Fixed(double value, double step) => value.ToString($"#,0.{new string('0', Decimals(step))}");

    // Enough decimals to tell neighbours apart: 0.25 needs two though 0.5 needs one.
    private static int Decimals(double step)
    {
        int decimals = 0;
        while (decimals < 6 && Math.Abs(step * Math.Pow(10, decimals) - Math.Round(step * Math.Pow(10, decimals))) > 1e-6)
        {
            decimals++;
        }

        return decimals;
    }
}
