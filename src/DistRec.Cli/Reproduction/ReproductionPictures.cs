using DistRec.Evaluation.Reports;

namespace DistRec.Cli.Reproduction;

/// <summary>The figures of a study as pictures: epochs, factors, parameters.</summary>
internal static class ReproductionPictures
{
    /// <summary>Writes those that there is something to draw for.</summary>
    public static IEnumerable<ReproducedPicture> Write(Study study, IReadOnlyList<ReproducedRow> rows, string folder)
    {
        (StudyRow Row, ReproducedRow Came)[] points =
            [.. rows.Where(row => row.Failure is null).Select(row => (study.Rows.First(one => one.Name == row.Name), row))];
        foreach ((string name, LinePicture picture) in Pictures(study, points).Where(entry => entry.Picture.HasCourse))
        {
            string file = $"{study.Name}-{name}.svg";
            picture.Write(Path.Combine(folder, file));
            yield return new ReproducedPicture(file, picture.Title);
        }
    }

    private static IEnumerable<(string Name, LinePicture Picture)> Pictures(Study study, (StudyRow Row, ReproducedRow Came)[] points)
    {
        (StudyRow Row, ReproducedRow Came)[] curves = [.. points.Where(point => point.Row.HasCurve)];
        int[] ranks = [.. curves.Where(point => point.Row.Line is not null).Select(point => point.Row.Rank).Distinct()];
        bool isOfOneRank = ranks.Length == 1;
        yield return ("epochs", Picture(
            $"Validation RMSE by epoch{(isOfOneRank ? $", k = {ranks[0]}" : "")}", "epoch", "validation RMSE",
            [
                .. curves.Select(point => new PictureLine(
                    isOfOneRank && point.Row.Line is { } line ? line : point.Row.Name,
                    [.. point.Came.Curve.Select((value, index) => (index + 1, value ?? double.NaN))])),
            ]));
        yield return (
            "factors", Picture("Test RMSE by number of factors", "factors", "test RMSE", Lines(points, point => point.Row.Rank)));
        if (study.CountsParameters)
        {
            yield return ("parameters", Picture(
                "Test RMSE by number of parameters", "thousands of parameters", "test RMSE",
                Lines(points, point => (int)Math.Round(point.Came.Parameters!.Value / 1000.0))));
        }

        LinePicture Picture(string title, string step, string value, PictureLine[] lines) =>
            new(title, $"{title}: {study.Title}. The numbers are in the table.", step, value, lines);
    }

    private static PictureLine[] Lines((StudyRow Row, ReproducedRow Came)[] points, Func<(StudyRow Row, ReproducedRow Came), int> step) =>
    [
        .. points.Where(point => point.Row.Line is not null).GroupBy(point => point.Row.Line!).Select(line => new PictureLine(
            line.Key, [.. line.Select(point => (step(point), point.Came.Figures["rmse"] ?? double.NaN)).OrderBy(point => point.Item1)])),
    ];
}
