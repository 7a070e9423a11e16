namespace DistRec.Data.Tests.Splits;

public sealed class SplitterTests
{
    private static readonly RatingData Data =
        SyntheticRatings.Generate(new SyntheticOptions { RatingCount = 5_003, UserCount = 150, ItemCount = 200, Timestamps = true }).Data;

    [Theory]
    [InlineData(0.2, 0)]
    [InlineData(0.1, 0.1)]
    [InlineData(0, 0.25)]
    [InlineData(0.999, 0)]
    public void A_random_split_has_exactly_the_counts_of_its_ratios(double testRatio, double validationRatio)
    {
        long test = (long)Math.Round(testRatio * 5_003, MidpointRounding.AwayFromZero);
        long validation = (long)Math.Round(validationRatio * (5_003 - test), MidpointRounding.AwayFromZero);

        RatingSplit split = Splitter.Split(Data, new SplitOptions { TestRatio = testRatio, ValidationRatio = validationRatio });

        (split.Test?.Count ?? 0).ShouldBe(test);
        (split.Validation?.Count ?? 0).ShouldBe(validation);
        split.Train.Count.ShouldBe(5_003 - test - validation);
        ShouldBeWhole(Data, split);
    }

    [Fact]
    public void A_random_split_is_the_same_for_any_number_of_threads_and_differs_by_seed()
    {
        var options = new SplitOptions { ValidationRatio = 0.1, Threads = 1 };

        RatingSplit one = Splitter.Split(Data, options);
        RatingSplit four = Splitter.Split(Data, options with { Threads = 4 });
        RatingSplit other = Splitter.Split(Data, options with { Seed = 43 });

        RatingText.Of(Data, four.Test).ShouldBe(RatingText.Of(Data, one.Test));
        RatingText.Of(Data, four.Validation).ShouldBe(RatingText.Of(Data, one.Validation));
        RatingText.Of(Data, other.Test).ShouldNotBe(RatingText.Of(Data, one.Test));
    }

    [Fact]
    public void The_order_of_the_file_does_not_change_which_ratings_are_tested()
    {
        using var folder = new TemporaryFolder();
        string[] lines = [.. Enumerable.Range(0, 600).Select(index => $"u{index % 20},{index / 20},{index % 5}")];
        RatingData forward = RatingReader.Read(folder.Write("a.csv", string.Join('\n', lines)));
        RatingData backward = RatingReader.Read(folder.Write("b.csv", string.Join('\n', lines.Reverse())));

        string[] fromForward = RatingText.Of(forward, Splitter.Split(forward, new SplitOptions()).Test);
        string[] fromBackward = RatingText.Of(backward, Splitter.Split(backward, new SplitOptions()).Test);

        fromForward.Length.ShouldBe(120);
        fromBackward.Order().ShouldBe(fromForward.Order());
    }

    [Fact]
    public void A_random_split_takes_from_every_size_of_user_alike()
    {
        RatingSplit split = Splitter.Split(Data, new SplitOptions { TestRatio = 0.5 });

        double largest = Enumerable.Range(0, Data.Ratings.RowCount).Where(row => Data.Ratings.RowLength(row) > 40)
            .Max(row => Math.Abs(((double)split.Test!.RowLength(row) / Data.Ratings.RowLength(row)) - 0.5));

        largest.ShouldBeLessThan(0.3);
    }

    [Fact]
    public void The_folds_are_disjoint_and_together_the_whole()
    {
        var seen = new List<string>();
        for (int fold = 0; fold < 7; fold++)
        {
            RatingSplit split = Splitter.Split(Data, new SplitOptions { Kind = SplitKind.Fold, FoldCount = 7, Fold = fold, ValidationRatio = 0.2 });

            ShouldBeWhole(Data, split);
            split.Test!.Count.ShouldBeInRange(5_003 / 7, (5_003 / 7) + 1);
            split.Validation!.Count.ShouldBe((long)Math.Round(0.2 * (5_003 - split.Test.Count)));
            seen.AddRange(RatingText.Of(Data, split.Test));
        }

        seen.Order().ShouldBe(RatingText.Of(Data).Order());
    }

    [Fact]
    public void A_split_by_time_tests_nothing_that_is_older_than_what_it_trains_on()
    {
        RatingSplit split = Splitter.Split(Data, new SplitOptions { Kind = SplitKind.LatestOfAll, TestRatio = 0.1, ValidationRatio = 0.1 });

        split.Test!.Count.ShouldBe(500);
        split.Train.Timestamps!.Max().ShouldBeLessThanOrEqualTo(split.Validation!.Timestamps!.Min());
        split.Validation.Timestamps!.Max().ShouldBeLessThanOrEqualTo(split.Test.Timestamps!.Min());
        ShouldBeWhole(Data, split);
    }

    [Fact]
    public void Ratings_of_one_moment_are_still_split_exactly()
    {
        RatingMatrix ratings = Data.Ratings;
        RatingData sameTime = Data with
        {
            Ratings = new RatingMatrix(ratings.ColumnCount, ratings.RowStarts, ratings.Columns, ratings.Values, new long[ratings.Count]),
        };

        RatingSplit split = Splitter.Split(sameTime, new SplitOptions { Kind = SplitKind.LatestOfAll, TestRatio = 0.3 });

        split.Test!.Count.ShouldBe(1_501);
        ShouldBeWhole(sameTime, split);
    }

    [Fact]
    public void The_last_rating_of_each_user_is_held_out_and_each_keeps_one()
    {
        RatingSplit split = Splitter.Split(Data, new SplitOptions { Kind = SplitKind.LastOfUser, LastCount = 2, ValidationRatio = 0.1 });

        for (int user = 0; user < Data.Users.Count; user++)
        {
            int count = Data.Ratings.RowLength(user);
            int tested = Math.Min(2, count - 1);
            split.Test!.RowLength(user).ShouldBe(tested);
            split.Validation!.RowLength(user).ShouldBe((int)(0.1 * (count - tested)));
        }

        ShouldBeWhole(Data, split);
        using var folder = new TemporaryFolder();
        RatingData ties = RatingReader.Read(folder.Write("t.csv", "1,5,3,10\n1,6,3,10\n1,7,3,9\n2,5,1,1\n"));
        RatingText.Of(ties, Splitter.Split(ties, new SplitOptions { Kind = SplitKind.LastOfUser }).Test).ShouldBe(["1 6 3 @10"]);
    }

    [Fact]
    public void One_rating_of_each_user_is_the_last_where_times_are_known_and_else_one_at_random()
    {
        RatingText.Of(Data, Splitter.Split(Data, new SplitOptions { Kind = SplitKind.OneOfUser }).Test)
            .ShouldBe(RatingText.Of(Data, Splitter.Split(Data, new SplitOptions { Kind = SplitKind.LastOfUser }).Test));

        using var folder = new TemporaryFolder();
        string[] lines = [.. Enumerable.Range(0, 400).Select(line => $"{line / 4},{line % 4},3")];
        RatingData timeless = RatingReader.Read(folder.Write("t.csv", string.Join('\n', lines.Append("100,1,5"))));
        RatingSplit split = Splitter.Split(timeless, new SplitOptions { Kind = SplitKind.OneOfUser, Threads = 3 });
        ShouldBeWhole(timeless, split);
        Partitioner.RowCounts(split.Test!).Order().ShouldBe([0, .. Enumerable.Repeat(1, 100)]);

        // Each of four items for about a quarter of a hundred users, give or take three deviations.
        Partitioner.ColumnCounts(split.Test!).ShouldAllBe(count => count > 12 && count < 38);
        RatingText.Of(timeless, Splitter.Split(timeless, new SplitOptions { Kind = SplitKind.OneOfUser, Threads = 1 }).Test).ShouldBe(RatingText.Of(timeless, split.Test));
        RatingText.Of(timeless, Splitter.Split(timeless, new SplitOptions { Kind = SplitKind.OneOfUser, Seed = 9 }).Test).ShouldNotBe(RatingText.Of(timeless, split.Test));
    }

    [Theory]
    [InlineData(SplitKind.ColdUsers)]
    [InlineData(SplitKind.ColdItems)]
    public void Of_cold_users_and_items_training_knows_nothing(SplitKind kind)
    {
        SplitOptions options = new() { Kind = kind, TestRatio = 0.2, ValidationRatio = 0.1, Threads = 1 };
        RatingSplit split = Splitter.Split(Data, options);

        int[] cold = EntitiesOf(split.Test!), all = EntitiesOf(Data.Ratings);
        cold.Length.ShouldBe((int)Math.Round(0.2 * all.Length));
        cold.Intersect(EntitiesOf(split.Train)).ShouldBeEmpty();
        cold.Intersect(EntitiesOf(split.Validation!)).ShouldBeEmpty();
        split.Validation!.Count.ShouldBe((long)Math.Round(0.1 * (5_003 - split.Test!.Count), MidpointRounding.AwayFromZero));
        ShouldBeWhole(Data, split);
        RatingText.Of(Data, Splitter.Split(Data, options with { Threads = 3 }).Validation).ShouldBe(RatingText.Of(Data, split.Validation));
        EntitiesOf(Splitter.Split(Data, options with { Seed = 43 }).Test!).ShouldNotBe(cold);
        Should.Throw<InputException>(() => Splitter.Split(Data, options with { TestRatio = 0.001 })).Message.ShouldContain("ratings for the test part");

        int[] EntitiesOf(RatingMatrix part) => kind == SplitKind.ColdUsers
            ? [.. Enumerable.Range(0, part.RowCount).Where(user => part.RowLength(user) > 0)]
            : [.. Enumerable.Range(0, part.RowCount).SelectMany(user => part.RowColumns(user).ToArray()).Distinct().Order()];
    }

    [Fact]
    public void Which_users_are_cold_hangs_on_their_ids()
    {
        (string, string, float)[] ratings = [.. Enumerable.Range(0, 600).Select(index => ($"u{index % 40}", $"i{index / 40}", (float)(index % 5)))];
        SplitOptions options = new() { Kind = SplitKind.ColdUsers, TestRatio = 0.25 };

        ColdOf(RatingData.Of(ratings)).ShouldBe(ColdOf(RatingData.Of(ratings.Reverse())));

        string[] ColdOf(RatingData data)
        {
            RatingMatrix test = Splitter.Split(data, options).Test!;
            return [.. Enumerable.Range(0, test.RowCount).Where(user => test.RowLength(user) > 0).Select(user => data.Users[user]).Order()];
        }
    }

    [Fact]
    public void The_training_part_can_take_over_the_arrays()
    {
        RatingData own = SyntheticRatings.Generate(new SyntheticOptions { RatingCount = 5_003, UserCount = 150, ItemCount = 200, Timestamps = true }).Data;
        var options = new SplitOptions { TestRatio = 0.3, ValidationRatio = 0.3 };
        string[] expected = RatingText.Of(Data, Splitter.Split(Data, options).Train);

        RatingSplit split = Splitter.Split(own, options with { ReuseArrays = true });

        split.Train.Columns.ShouldBeSameAs(own.Ratings.Columns);
        RatingText.Of(own, split.Train).ShouldBe(expected);
    }

    [Fact]
    public void Wrong_settings_are_named_together()
    {
        RatingData timeless = SyntheticRatings.Generate(new SyntheticOptions { RatingCount = 100, UserCount = 10, ItemCount = 20 }).Data;

        Should.Throw<InputException>(() => Splitter.Split(timeless, new SplitOptions { Kind = SplitKind.LatestOfAll, TestRatio = 1, ValidationRatio = double.NaN }))
            .Message.Split(Environment.NewLine).ShouldBe(
            [
                "test-ratio: expected a share from 0 up to, but not including, 1, found 1; for instance 0.2",
                "validation-ratio: expected a share from 0 up to, but not including, 1, found NaN; for instance 0.1",
                "split: expected ratings with timestamps for a split by time, found none; choose a random split, or read the timestamps",
            ]);
        Should.Throw<InputException>(() => Splitter.Split(timeless, new SplitOptions { Kind = SplitKind.Fold, Fold = 5 })).Message
            .ShouldBe("fold: expected 0 to 4, found 5; folds are counted from 0");
        Should.Throw<InputException>(() => Splitter.Split(timeless, new SplitOptions { TestRatio = 0.001 })).Message
            .ShouldBe("split: expected ratings for the test part, found none; use more data or other ratios");
    }

    private static void ShouldBeWhole(RatingData data, RatingSplit split)
    {
        string[] parts = [.. RatingText.Of(data, split.Train), .. Text(split.Validation), .. Text(split.Test)];
        parts.Order().ShouldBe(RatingText.Of(data).Order());

        string[] Text(RatingMatrix? part) => part is null ? [] : RatingText.Of(data, part);
    }
}
