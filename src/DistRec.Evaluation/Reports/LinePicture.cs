using System.Text;
using DistRec.Data;

namespace DistRec.Evaluation.Reports;

/// <summary>A line of a picture.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Steps and values; one that is not finite breaks the line.</param>
public sealed record PictureLine(string Name, IReadOnlyList<(int Step, double Value)> Points);

/// <summary>Lines over steps, such as epochs, as one SVG that needs nothing else: light or dark as the reader's system is.</summary>
/// <param name="Title">What it shows, in a few words.</param>
/// <param name="Description">What a reader who cannot see it should know.</param>
/// <param name="StepName">What a step is.</param>
/// <param name="ValueName">What a value is.</param>
/// <param name="Lines">The lines, six at most.</param>
public sealed record LinePicture(string Title, string Description, string StepName, string ValueName, IReadOnlyList<PictureLine> Lines)
{
    /// <summary>Whether there is a course to show: two steps with finite values.</summary>
    public bool HasCourse => SvgLineChart.HasCourse(Series);

    private LineSeries[] Series =>
        [.. Lines.Select((line, index) => new LineSeries(line.Name, ReportStyle.OfLines[index % ReportStyle.OfLines.Count], line.Points))];

    /// <summary>Writes the file as a whole or not at all.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <exception cref="InputException">The file system refuses; the path is then as it was.</exception>
    public void Write(string path)
    {
        byte[] drawing = Encoding.UTF8.GetBytes(Render());
        AtomicFile.Write(path, stream => stream.Write(drawing));
    }

    /// <summary>The drawing as text; it has a course.</summary>
    public string Render() => new SvgLineChart
    {
        Id = "picture",
        Title = Title,
        Description = Description,
        StepName = StepName,
        ValueName = ValueName,
        Series = Series,
    }.Render(isFile: true);
}
