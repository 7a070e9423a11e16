namespace DistRec.Data.Tests.Writers;

public sealed class RatingWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        RatingData data = SyntheticRatings.Generate(new SyntheticOptions { RatingCount = 3_000, UserCount = 100, ItemCount = 300, Timestamps = true, Rounded = false }).Data;
        string path = Path.Combine(_folder.Path, "new", "out.csv");

        RatingWriter.WriteCsv(data, path);

        RatingText.Of(RatingReader.Read(path)).Order().ShouldBe(RatingText.Of(data).Order());
        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBe([path]);
    }

    [Fact]
    public void Shuffled_lines_are_the_same_lines_in_another_order()
    {
        RatingData data = SyntheticRatings.Generate(new SyntheticOptions { RatingCount = 3_000, UserCount = 100, ItemCount = 300 }).Data;
        string plain = Path.Combine(_folder.Path, "plain.txt");
        string shuffled = Path.Combine(_folder.Path, "shuffled.txt");
        var options = new WriteOptions { Separator = ' ', Header = false };

        RatingWriter.WriteCsv(data, plain, options);
        RatingWriter.WriteCsv(data, shuffled, options with { ShuffleSeed = 1 });

        File.ReadAllLines(shuffled).ShouldNotBe(File.ReadAllLines(plain));
        File.ReadAllLines(shuffled).Order().ShouldBe(File.ReadAllLines(plain).Order());
    }

    [Fact]
    public void Ids_that_hold_separators_and_quotes_are_quoted()
    {
        string path = _folder.Write("in.csv", "\"a,\"\"b\"\"\",i j,3\n");
        string copy = Path.Combine(_folder.Path, "out.csv");

        RatingWriter.WriteCsv(RatingReader.Read(path), copy);

        File.ReadAllText(copy).ShouldBe("user,item,rating\n\"a,\"\"b\"\"\",\"i j\",3\n");
        RatingReader.Read(copy).Users.Ids.ShouldBe(["a,\"b\""]);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named_and_leaves_nothing_behind()
    {
        RatingData data = SyntheticRatings.Generate(new SyntheticOptions { RatingCount = 10, UserCount = 5, ItemCount = 5 }).Data;
        string blocker = _folder.Write("file", "");

        Should.Throw<InputException>(() => RatingWriter.WriteCsv(data, Path.Combine(blocker, "out.csv"))).Message.ShouldContain("expected a file that can be written");
    }
}
