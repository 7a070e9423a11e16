using System.Text;

namespace DistRec.Data.Tests.Readers;

public sealed class RatingReaderThreadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 64)]
    [InlineData(3, 97)]
    [InlineData(4, 1000)]
    public void The_data_is_the_same_for_any_number_of_threads_and_size_of_blocks(int threads, int blockSize)
    {
        string path = _folder.Write("any.csv", ManyRatings(out string[] users));

        RatingData whole = RatingReader.Read(path, new ReadOptions { Threads = 1 });
        RatingData cut = RatingReader.Read(path, new ReadOptions { Threads = threads, BlockSize = blockSize });

        cut.Users.Ids.ShouldBe(users);
        cut.Fingerprint.ShouldBe(whole.Fingerprint);
        RatingText.Of(cut).ShouldBe(RatingText.Of(whole));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Netflix_items_stay_open_from_block_to_block(int threads)
    {
        var text = new StringBuilder();
        for (int item = 1; item < 40; item++)
        {
            text.Append($"{item}:\n");
            for (int user = 0; user < item % 7; user++)
            {
                text.Append($"{user + 100},{1 + (user + item) % 5},2005-01-0{1 + user}\n");
            }
        }

        string path = _folder.Write("combined_data_1.txt", text.ToString());

        RatingData whole = RatingReader.Read(path, new ReadOptions { Threads = 1 });
        RatingData cut = RatingReader.Read(path, new ReadOptions { Threads = threads, BlockSize = 40 });

        RatingText.Of(whole).ShouldContain("100 38 4 @1104537600");
        cut.Fingerprint.ShouldBe(whole.Fingerprint);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Wrong_lines_are_named_exactly_at_most_five_together_and_the_others_counted(int threads)
    {
        var text = new StringBuilder("user,item,rating\n");
        for (int line = 2; line <= 500; line++)
        {
            text.Append(line % 50 == 0 ? $"{line},1,oops\n" : $"{line},1,3\n");
        }

        string path = _folder.Write("bad.csv", text.ToString());

        InputException error = Should.Throw<InputException>(
            () => RatingReader.Read(path, new ReadOptions { Threads = threads, BlockSize = 100 }));

        error.Message.Split(Environment.NewLine).ShouldBe(
        [
            .. new[] { 50, 100, 150, 200, 250 }.Select(
                line => $"bad.csv:{line}: expected a finite number as rating, found \"oops\"; correct the rating, or name the columns with --columns user,item,rating"),
            "bad.csv: and 5 more lines like these",
        ]);
    }

    [Fact]
    public void Progress_reaches_the_end_of_the_file()
    {
        string text = ManyRatings(out _);
        var reports = new Reports();

        RatingReader.Read(_folder.Write("any.csv", text), new ReadOptions { Threads = 1, BlockSize = 256 }, reports);

        reports.Last.BytesRead.ShouldBe(text.Length);
        reports.Last.TotalBytes.ShouldBe(text.Length);
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        string path = _folder.Write("any.csv", ManyRatings(out _));

        Should.Throw<OperationCanceledException>(
            () => RatingReader.Read(path, new ReadOptions { BlockSize = 64 }, null, new CancellationToken(canceled: true)));
    }

    private static string ManyRatings(out string[] users)
    {
        // Numbers small and large, and text, in an order that no sort would give.
        var text = new StringBuilder();
        var seen = new List<string>();
        for (int index = 0; index < 400; index++)
        {
            int draw = index * 7919 % 61;
            string user = (draw % 3) switch
            {
                0 => $"{draw}",
                1 => $"{draw + 9_000_000_000}",
                _ => $"user-{draw}",
            };
            text.Append($"{user},{index * 31 % 400},{1 + index % 5},{index}\n");
            if (!seen.Contains(user))
            {
                seen.Add(user);
            }
        }

        users = [.. seen];
        return text.ToString();
    }

    private sealed class Reports : IProgress<ReadProgress>
    {
        public ReadProgress Last { get; private set; }

        public void Report(ReadProgress value) => Last = value;
    }
}
