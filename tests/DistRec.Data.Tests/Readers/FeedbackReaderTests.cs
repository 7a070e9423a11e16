using System.IO.Compression;

namespace DistRec.Data.Tests.Readers;

public sealed class FeedbackReaderTests : IDisposable
{
    private static readonly IdMap Users = new(["1", "2", "anna"]);
    private static readonly IdMap Items = new(["10", "20", "x 30"]);

    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("1,20\n2,10\nanna,x 30\n")]
    [InlineData("user,item\n1,20\n2,10\nanna,x 30")]
    [InlineData("item;seen;user\n20;yes;1\n10;;2\nx 30;no;anna\n")]
    [InlineData("1\t20\t5\r\n2\t10\t3\r\nanna\tx 30\t1\r\n")]
    [InlineData("1::20\n2::10\nanna::x 30\n")]
    [InlineData("\n1|20\n\n2|10\nanna|\"x 30\"\n1|20\n")]
    public void Pairs_are_read_from_any_delimited_text(string text)
    {
        FeedbackPairs found = Read(text);
        Pairs(found).ShouldBe([(0, 1), (1, 0), (2, 2)]);
        (found.UnknownUsers, found.UnknownItems).ShouldBe((0, 0));
        (found.Pairs.RowCount, found.Pairs.ColumnCount).ShouldBe((3, 3));
    }

    [Fact]
    public void What_the_ratings_do_not_have_is_counted_and_left_out()
    {
        FeedbackPairs found = Read("1,20\n1,99\nbob,10\n01,20\n2,99\n2,20\n2,10\n");
        Pairs(found).ShouldBe([(0, 1), (1, 0), (1, 1)]);
        (found.UnknownUsers, found.UnknownItems).ShouldBe((2, 1));
    }

    [Fact]
    public void Packed_text_on_many_threads_gives_the_same()
    {
        string path = Path.Combine(_folder, "pairs.csv.gz");
        using (var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            packed.Write("1,20\n2,10\nanna,x 30\n"u8);
        }

        Pairs(FeedbackReader.Read(Users, Items, path, 4)).ShouldBe([(0, 1), (1, 0), (2, 2)]);
    }

    [Theory]
    [InlineData("1,20\n2\n", "pairs.csv:2: expected 2 columns separated by commas, found 1 in \"2\"")]
    [InlineData("1,20\n2,\n", "pairs.csv:2: expected an item id, found nothing")]
    [InlineData("1\n2\n", "pairs.csv:1: expected user and item separated by commas, tabs, semicolons, \"::\", \"|\" or spaces, found \"1\"; give every pair a line with these two columns")]
    [InlineData("user,film\n1,20\n", "pairs.csv:1: expected a pair, or names of which one is user and one is item, found \"user,film\"; name both columns")]
    [InlineData("", "pairs.csv: expected lines of user and item, found an empty file")]
    public void Wrong_files_are_refused_by_name_and_line(string text, string expected) =>
        Should.Throw<InputException>(() => Read(text)).Message.ShouldStartWith(expected);

    private static List<(int User, int Item)> Pairs(FeedbackPairs found) =>
        [.. Enumerable.Range(0, found.Pairs.RowCount).SelectMany(user => found.Pairs.RowColumns(user).ToArray().Select(item => (user, item)))];

    private FeedbackPairs Read(string text)
    {
        string path = Path.Combine(_folder, "pairs.csv");
        File.WriteAllText(path, text);
        return FeedbackReader.Read(Users, Items, path, 1);
    }
}
