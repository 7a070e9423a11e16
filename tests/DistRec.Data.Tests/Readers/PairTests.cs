namespace DistRec.Data.Tests.Readers;

/// <summary>Files that say who had to do with what, and no more: pairs, events, counts.</summary>
public sealed class PairTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("user,item\nu1,i1\nu2,i2\n", null)]
    [InlineData("u1,i1\nu2,i2\n", null)]
    [InlineData("1\t7\n2\t8\n", null)]
    [InlineData("user_id,item_id,title\nu1,i1,Up\nu2,i2,Heat\n", null)]
    [InlineData("u1,i1,5\nu2,i2,4\n", "user,item,-")]
    [InlineData("user,item\nu1,i1\nu2,i2\n", "user,item")]
    public void Lines_without_a_rating_count_one_each(string text, string? columns)
    {
        RatingData data = RatingReader.Read(_folder.Write("pairs.csv", text), new ReadOptions { Columns = columns?.Split(',') });

        data.HasRatings.ShouldBeFalse();
        data.Ratings.Count.ShouldBe(2);
        data.Ratings.Values.ShouldBe([1, 1]);
        data.Notes.ShouldBe(["pairs.csv: there is no column of ratings: every line counts 1"]);
    }

    [Theory]
    [InlineData(DuplicatePolicy.Last, "1", 2)]
    [InlineData(DuplicatePolicy.Sum, "3", 1)]
    public void Lines_that_repeat_a_pair_count_once_unless_they_are_summed(DuplicatePolicy policy, string value, int notes)
    {
        RatingData data = RatingReader.Read(_folder.Write("pairs.csv", "u1,i1\nu1,i1\nu2,i2\nu1,i1\n"), new ReadOptions { Duplicates = policy });

        RatingText.Of(data).ShouldBe([$"u1 i1 {value}", "u2 i2 1"]);
        data.Notes.Count.ShouldBe(notes);
        data.DuplicateCount.ShouldBe(2);
    }

    [Theory]
    [InlineData("plays")]
    [InlineData("play_count")]
    [InlineData("count")]
    [InlineData("clicks")]
    [InlineData("star_rating")]
    public void Columns_of_counts_are_ratings(string name)
    {
        RatingData data = RatingReader.Read(_folder.Write("plays.csv", $"user,item,{name}\nu1,i1,127419\nu2,i2,3\n"));

        data.HasRatings.ShouldBeTrue();
        data.Ratings.Values.ShouldBe([127419, 3]);
    }

    [Fact]
    public void Numbers_under_a_name_that_says_nothing_are_not_passed_over()
    {
        string path = _folder.Write("sales.csv", "user,item,price\nu1,i1,12.5\nu2,i2,3\n");

        Should.Throw<InputException>(() => RatingReader.Read(path)).Message.ShouldBe(
            "sales.csv:1: expected a column named rating, count or plays, or none that could be one, found numbers under \"price\"; "
            + "say what they are: --columns user,item,rating, or - in the place of rating where every line counts 1");
    }

    [Fact]
    public void A_misspelt_name_in_the_columns_does_not_make_the_ratings_disappear() =>
        Should.Throw<InputException>(() => RatingReader.Read(_folder.Write("r.csv", "u1,i1,5\nu2,i2,4\n"), new ReadOptions { Columns = ["user", "item", "ratng"] }))
            .Message.ShouldStartWith("--columns: expected a column named rating");

    [Fact]
    public void Feedback_of_several_kinds_is_not_mixed_unasked()
    {
        string path = _folder.Write("events.csv", "event,user_id,item_id,time_stamp\nview,u1,i1,2022-06-28\nbuy,u1,i1,2022-06-29\nview,u2,i2,2022-06-28\n");

        Should.Throw<InputException>(() => RatingReader.Read(path)).Message.ShouldBe(
            "events.csv: expected one kind of feedback, found view (2 lines), buy (1 lines); name those to learn from with --feedback-type, several with commas between them");
        RatingText.Of(RatingReader.Read(path, new ReadOptions { FeedbackTypes = ["buy"] })).ShouldBe(["u1 i1 1 @1656460800"]);
        RatingReader.Read(path, new ReadOptions { FeedbackTypes = ["buy", "view"], Duplicates = DuplicatePolicy.Sum }).Ratings.Values[0].ShouldBe(2);
        Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { FeedbackTypes = ["buyy"] })).Message
            .ShouldStartWith("events.csv: expected feedback of the kind buyy, found view (2 lines), buy (1 lines)");
    }

    [Fact]
    public void Kinds_are_counted_over_all_blocks_and_threads()
    {
        string path = _folder.Write("events.csv", "action,user,item\n" + string.Concat(Enumerable.Range(0, 300).Select(n => $"{(n % 3 == 0 ? "buy" : "view")},u{n},i{n % 7}\n")));

        Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { BlockSize = 64, Threads = 3 })).Message
            .ShouldContain("found view (200 lines), buy (100 lines)");
        RatingReader.Read(path, new ReadOptions { BlockSize = 64, Threads = 3, FeedbackTypes = ["buy"] }).Ratings.Count.ShouldBe(100);
    }

    [Fact]
    public void Options_about_columns_that_are_not_there_are_refused()
    {
        string path = _folder.Write("pairs.csv", "u1,i1\nu2,i2\n");

        Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { FeedbackTypes = ["star"] })).Message.ShouldContain("--feedback-type is about");
        Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { MinRating = 2 })).Message.ShouldContain("--min-rating and --max-rating are about");
    }

    [Fact]
    public void Zeros_are_left_out_where_they_tell_of_no_preference_and_are_ratings_otherwise()
    {
        string path = _folder.Write("plays.csv", "user,item,plays,time\nu1,i1,0,5\nu1,i2,4,6\nu2,i2,0,7\n");

        RatingData without = RatingReader.Read(path, new ReadOptions { DropZeros = true });

        RatingReader.Read(path).Ratings.Count.ShouldBe(3);
        RatingText.Of(without).ShouldBe(["u1 i2 4 @6"]);
        without.Notes.ShouldBe(["plays.csv: 2 ratings of 0 are left out: they tell of no preference"]);
    }

    [Fact]
    public void A_sum_that_is_no_rating_any_more_is_refused() =>
        Should.Throw<InputException>(() => RatingReader.Read(
            _folder.Write("plays.csv", "user,item,plays\nu1,i1,900000000\nu1,i1,900000000\n"), new ReadOptions { Duplicates = DuplicatePolicy.Sum })).Message
            .ShouldStartWith("plays.csv: expected sums between -1,000,000,000 and 1,000,000,000, found 1,800,000,000 for user \"u1\" and item \"i1\"");
}
