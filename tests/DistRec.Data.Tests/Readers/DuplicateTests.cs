namespace DistRec.Data.Tests.Readers;

public sealed class DuplicateTests : IDisposable
{
    private const string WithoutTimes = "1,9,5\n1,2,3\n2,2,5\n1,2,4\n1,1,2\n1,2,1\n3,1,1\n";
    private const string WithTimes = "1,2,3,20\n1,2,4,30\n1,2,1,10\n1,1,5,1\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DuplicatePolicy.Last, "1")]
    [InlineData(DuplicatePolicy.First, "3")]
    [InlineData(DuplicatePolicy.Mean, "2.6666667")]
    [InlineData(DuplicatePolicy.Sum, "8")]
    public void Without_timestamps_the_order_of_the_file_decides(DuplicatePolicy policy, string kept)
    {
        RatingData data = RatingReader.Read(_folder.Write("any.csv", WithoutTimes), new ReadOptions { Duplicates = policy, BlockSize = 16, Threads = 2 });

        RatingText.Of(data).ShouldBe(["1 9 5", $"1 2 {kept}", "1 1 2", "2 2 5", "3 1 1"]);
        data.DuplicateCount.ShouldBe(2);
        data.Ratings.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData(DuplicatePolicy.Last, "4 @30")]
    [InlineData(DuplicatePolicy.First, "1 @10")]
    [InlineData(DuplicatePolicy.Mean, "2.6666667 @30")]
    [InlineData(DuplicatePolicy.Sum, "8 @30")]
    public void With_timestamps_the_time_decides(DuplicatePolicy policy, string kept)
    {
        RatingData data = RatingReader.Read(_folder.Write("any.csv", WithTimes), new ReadOptions { Duplicates = policy });

        RatingText.Of(data).ShouldBe([$"1 2 {kept}", "1 1 5 @1"]);
    }

    [Fact]
    public void Duplicates_can_be_refused()
    {
        string path = _folder.Write("any.csv", WithoutTimes);

        Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { Duplicates = DuplicatePolicy.Error })).Message
            .ShouldBe("any.csv: expected each user to rate an item once, found user \"1\" and item \"2\" again, and 2 such ratings in all; choose which to keep with --duplicates last, first, mean or sum");
    }
}
