namespace DistRec.Data.Tests.Readers;

/// <summary>Pairs in the order of the file, a block at a time.</summary>
public sealed class PairReaderTests : IDisposable
{
    private static readonly IdMap Users = new(["1", "2", "anna"]);
    private static readonly IdMap Items = new(["10", "20", "x 30"]);

    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("2,10\n1,20\nanna,x 30\n2,10\nbob,20\n")]
    [InlineData("user,item\n2,10\n1,20\nanna,x 30\n2,10\nbob,20")]
    [InlineData("2\t10\t5\t900\r\n1\t20\tnone\t901\r\nanna\tx 30\t1\t\r\n2\t10\t1\t1\r\nbob\t20\t1\t1\r\n")]
    [InlineData("item;seen;user\n10;yes;2\n20;;1\nx 30;no;anna\n10;;2\n20;;bob\n")]
    [InlineData("2::10\n1::20\nanna::x 30\n2::10\nbob::20\n")]
    [InlineData("10:\n2,4,2005-12-19\n20:\n1,3,2005-12-19\nx 30:\nanna,3,2005-12-19\n10:\n2,1,2005-12-19\n20:\nbob,1,2005-12-19\n")]
    [InlineData("10:\n2\n20:\n1\nx 30:\nanna\n10:\n2\n20:\nbob\n")]
    public void Pairs_come_in_the_order_of_the_text_whatever_the_layout_and_however_small_the_blocks(string text)
    {
        (int, int)[] expected = [(1, 0), (0, 1), (2, 2), (1, 0), (-1, 1)];
        foreach (int blockSize in new[] { 32, 64, 1 << 20 })
        {
            PairBlock[] blocks = [.. Read(text, new ReadOptions { BlockSize = blockSize })];

            blocks.SelectMany(block => block.Users.Zip(block.Items)).ShouldBe(expected);
            blocks.SelectMany(block => block.UserIds.Zip(block.ItemIds)).ShouldBe([("2", "10"), ("1", "20"), ("anna", "x 30"), ("2", "10"), ("bob", "20")]);
            blocks[^1].Progress.Ratings.ShouldBe(5);
        }
    }

    [Fact]
    public void Columns_can_be_named_where_they_do_not_come_first()
    {
        PairBlock block = Read("7;2;x;10\n8;anna;y;20\n", new ReadOptions { Columns = ["-", "user", "-", "item"] }).ShouldHaveSingleItem();

        block.Users.Zip(block.Items).ShouldBe([(1, 0), (2, 1)]);
    }

    [Theory]
    [InlineData("1,20\n2,10\n2\n1,\n", "pairs.csv:3: expected 2 columns separated by commas, found 1 in \"2\"", "pairs.csv:4: expected an item id, found nothing")]
    [InlineData("10:\n2,4\n\n,5\n", "pairs.csv:4: expected a user id, found nothing", null)]
    [InlineData("user,film\n1,20\n", "pairs.csv:1: expected a pair, or names of which one is user and one is item", null)]
    [InlineData("\n \n", "pairs.csv: expected lines of user and item, found only blank lines", null)]
    [InlineData("user,item\n", "pairs.csv: expected pairs of user and item, found none", null)]
    public void Wrong_files_are_refused_by_name_and_line(string text, string first, string? second)
    {
        string[] lines = Should.Throw<InputException>(() => Read(text, new ReadOptions()).Count()).Message.Split(Environment.NewLine);

        lines[0].ShouldStartWith(first);
        lines.ElementAtOrDefault(1)?[..second!.Length].ShouldBe(second);
    }

    [Fact]
    public void Columns_without_a_user_are_refused() =>
        Should.Throw<InputException>(() => Read("1,2\n", new ReadOptions { Columns = ["item", "-"] }).Count()).Message
            .ShouldBe("--columns: expected a column named user, found \"item,-\"; name the columns in their order, for instance --columns user,item,rating,timestamp, and - for those to leave out");

    private IEnumerable<PairBlock> Read(string text, ReadOptions options)
    {
        string path = Path.Combine(_folder, "pairs.csv");
        File.WriteAllText(path, text);
        return PairReader.Read(Users, Items, path, options);
    }
}
