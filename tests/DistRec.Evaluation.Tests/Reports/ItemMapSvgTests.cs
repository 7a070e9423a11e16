using System.Globalization;
using System.Xml.Linq;
using DistRec.Data;
using DistRec.Evaluation.Maps;
using DistRec.Evaluation.Reports;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Reports;

public sealed class ItemMapSvgTests
{
    private const string Hostile = "<script>alert('x')</script> & \"quoted\" \u0000\uFFFF\uD800 </svg>";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void The_drawing_needs_nothing_from_anywhere_else_and_follows_the_readers_colours()
    {
        string drawing = ItemMapSvg.Render(Map(200));
        drawing.Replace(Svg.NamespaceName, "", StringComparison.Ordinal).ShouldNotContain("http");
        foreach (string reference in (string[])["<script", "href", "url(", "@import"])
        {
            drawing.ShouldNotContain(reference);
        }

        drawing.ShouldContain("prefers-color-scheme: dark");
    }

    [Fact]
    public void Every_item_is_a_dot_that_says_what_it_is_and_the_most_rated_lie_on_top()
    {
        XElement[] dots = [.. Draw(Map(50)).Descendants(Svg + "circle")];
        dots.Length.ShouldBe(50);
        dots[^1].Element(Svg + "title")!.Value.ShouldBe("Film 0 (i0), 1,000 ratings, mean 1.00");
        dots[0].Element(Svg + "title")!.Value.ShouldBe("Film 49 (i49), 20 ratings, mean 5.00");
        Number(dots[^1], "r").ShouldBeGreaterThan(Number(dots[0], "r"));
    }

    [Fact]
    public void Text_from_outside_is_escaped_wherever_it_stands()
    {
        ItemMap map = Map(5);
        XElement drawing = Draw(map with
        {
            Items = [.. map.Items.Select(item => item with { Item = Hostile, Title = Hostile })],
            ModelKind = Hostile,
            DataName = Hostile,
            Notes = [Hostile],
        });
        drawing.Descendants().ShouldAllBe(element => element.Name.LocalName != "script");
        drawing.Descendants(Svg + "circle").First().Value
            .ShouldContain("<script>alert('x')</script> & \"quoted\" \uFFFD\uFFFD\uFFFD </svg>");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(30)]
    [InlineData(3000)]
    public void Everything_drawn_stays_inside_the_picture(int count)
    {
        foreach (ItemMap map in Variants(count))
        {
            XElement drawing = Draw(map);
            double[] box = [.. drawing.Attribute("viewBox")!.Value.Split(' ').Select(Number)];
            foreach (XElement element in drawing.Descendants())
            {
                foreach ((string name, double end) in new[] { ("x", box[2]), ("cx", box[2]), ("y", box[3]), ("cy", box[3]) })
                {
                    if (element.Attribute(name) is not null)
                    {
                        Number(element, name).ShouldBeInRange(0, end, element.ToString());
                    }
                }
            }

            drawing.Descendants(Svg + "circle").Count().ShouldBe(count);
        }
    }

    [Fact]
    public void Distances_mean_the_same_in_all_directions()
    {
        ItemMap map = Map(3) with { Items = [Point(0, 0, 0), Point(1, 30, 0), Point(2, 0, 10)] };
        XElement[] dots = [.. Draw(map).Descendants(Svg + "circle").Reverse()];
        double right = Number(dots[1], "cx") - Number(dots[0], "cx"), up = Number(dots[0], "cy") - Number(dots[2], "cy");
        right.ShouldBe(3 * up, 0.05);
        up.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Labels_are_those_of_the_most_rated_and_do_not_meet()
    {
        XElement[] labels = Group(Map(3000), "labels");
        labels.Length.ShouldBeInRange(20, 40);
        labels[0].Value.ShouldBe("Film 0");
        Box[] boxes = [.. labels.Select(BoxOf)];
        for (int first = 0; first < boxes.Length; first++)
        {
            boxes.Skip(first + 1).ShouldAllBe(other => !other.Meets(boxes[first]));
        }

        static Box BoxOf(XElement label)
        {
            (double x, double y) = (Number(label, "x"), Number(label, "y"));
            return new Box(x, y - 11, x + (6.7 * label.Value.Length), y + 3);
        }
    }

    [Fact]
    public void Colours_tell_the_mean_rating_or_else_the_number_of_interactions_or_nothing()
    {
        ItemMap map = Map(600);
        Legend(map)[0].ShouldBe("mean rating");
        Legend(map)[1..].ShouldBe(["1.7", "2.3", "3.0", "3.7", "4.3"]);
        ItemMap counted = map with { Items = [.. map.Items.Select(item => item with { MeanRating = null })] };
        Legend(counted)[0].ShouldBe("number of interactions");
        Legend(map with { Items = [.. map.Items.Select(item => item with { MeanRating = null, Ratings = null })] }).ShouldBeEmpty();
        Draw(map).Descendants(Svg + "circle").Select(dot => dot.Attribute("class")!.Value).Distinct().Order()
            .ShouldBe(["c0", "c1", "c2", "c3", "c4", "c5"]);
    }

    [Fact]
    public void A_file_is_replaced_as_a_whole_or_not_at_all()
    {
        string folder = Directory.CreateTempSubdirectory("distrec-tests-").FullName;
        try
        {
            string path = Path.Combine(folder, "new", "map.svg");
            ItemMapSvg.Write(path, Map(3));
            ItemMapSvg.Write(path, Map(4));
            XElement.Load(path).Descendants(Svg + "circle").Count().ShouldBe(4);
            Directory.GetFileSystemEntries(Path.Combine(folder, "new")).ShouldBe([path]);
            Should.Throw<InputException>(() => ItemMapSvg.Write(folder, Map(3)))
                .Message.ShouldContain("expected a file that can be written");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ItemMap[] Variants(int count)
    {
        ItemMap map = Map(count);
        return
        [
            map,
            map with { Items = [.. map.Items.Select(item => item with { X = 3, Y = 4 })] },
            map with { Items = [.. map.Items.Select(item => item with { Y = 4e-30f })] },
            map with { Items = [.. map.Items.Select(item => item with { X = 0 })] },
            map with { Items = [.. map.Items.Select(item => item with { Title = null, Ratings = null, MeanRating = null })] },
            map with { Items = [.. map.Items.Select(item => item with { Title = new string('長', 80), Ratings = 0 })] },
        ];
    }

    private static ItemMap Map(int count) => new()
    {
        Items =
        [
            .. Enumerable.Range(0, count).Select(index =>
                Point(index, Gaussian(index, 0), Gaussian(index, 1)) with { MeanRating = 1 + 4.0 * index / Math.Max(1, count - 1) }),
        ],
        KlDivergence = 1.5,
        Perplexity = 30,
        Seed = 42,
        Iterations = 1000,
        Method = TsneMethod.Exact,
        ColdItems = 0,
        FurtherItems = 0,
        Notes = ["a note", "another one"],
        ModelKind = "als",
        DataName = "made up",
        ModelSha256 = "abc",
    };

    private static MapPoint Point(int index, float x, float y) => new($"i{index}", $"Film {index}", x, y, 1000 / (index + 1), 3);

    private static float Gaussian(int index, int axis) =>
        (float)(40 * new EntityRandom(1, RandomPurpose.SyntheticItem, index, axis).NextGaussian());

    private static string[] Legend(ItemMap map) =>
        [.. Group(map, "legend").Where(element => element.Name == Svg + "text").Select(text => text.Value)];

    private static XElement[] Group(ItemMap map, string name) =>
        [.. Draw(map).Descendants(Svg + "g").Where(group => group.Attribute("class")!.Value == name).Elements()];

    private static XElement Draw(ItemMap map)
    {
        string drawing = ItemMapSvg.Render(map);
        drawing.ShouldNotContain("NaN");
        drawing.ShouldNotContain("∞");
        return XElement.Parse(drawing);
    }

    private static double Number(XElement element, string attribute) => Number(element.Attribute(attribute)!.Value);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
