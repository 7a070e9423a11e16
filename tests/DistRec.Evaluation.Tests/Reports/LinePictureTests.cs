using System.Xml.Linq;
using DistRec.Evaluation.Reports;

namespace DistRec.Evaluation.Tests.Reports;

public sealed class LinePictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly LinePicture Picture = new(
        "Errors", "Errors & factors", "factors", "RMSE", [new PictureLine("<mf>", [(10, 0.9), (50, 0.8), (100, 0.85)]), new PictureLine("asvd", [(10, 0.95), (50, double.NaN)])]);

    [Fact]
    public void A_picture_is_a_drawing_of_its_own_with_a_dot_for_each_finite_value()
    {
        string text = Picture.Render();
        XElement drawing = XElement.Parse(text);

        drawing.Name.ShouldBe(Svg + "svg");
        drawing.Descendants(Svg + "circle").Select(dot => dot.Element(Svg + "title")?.Value).Where(title => title is not null)
            .ShouldBe(["<mf>, factors 10: 0.9000", "<mf>, factors 50: 0.8000", "<mf>, factors 100: 0.8500", "asvd, factors 10: 0.9500"]);
        text.Replace(Svg.NamespaceName, "", StringComparison.Ordinal).ShouldNotContain("http");
        text.ShouldContain("prefers-color-scheme: dark");
        text.ShouldContain(".chart .line.two");
    }

    [Fact]
    public void Six_lines_look_unlike_each_other()
    {
        LinePicture six = Picture with { Lines = [.. Enumerable.Range(0, 6).Select(line => new PictureLine($"line {line}", [(1, line), (2, line)]))] };
        XElement drawing = XElement.Parse(six.Render());

        string[] styles =
        [
            .. drawing.Descendants(Svg + "path").Select(path => path.Attribute("class")!.Value.Split(' '))
                .Where(words => words[0] == "line").Select(words => words[1]).Distinct(),
        ];
        styles.Length.ShouldBe(6);
        string sheet = drawing.Element(Svg + "style")!.Value;
        styles.ShouldAllBe(style => sheet.Contains($".chart .line.{style} {{ stroke: var(--{style})"));
    }

    [Fact]
    public void One_step_is_no_course() =>
        (Picture with { Lines = [new PictureLine("mf", [(10, 0.9)]), new PictureLine("asvd", [(10, 0.8), (20, double.NaN)])] }).HasCourse.ShouldBeFalse();
}
