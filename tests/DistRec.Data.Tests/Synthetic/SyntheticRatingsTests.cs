namespace DistRec.Data.Tests.Synthetic;

public sealed class SyntheticRatingsTests
{
    private static readonly SyntheticOptions Options = new() { RatingCount = 60_000, UserCount = 800, ItemCount = 1_500, Threads = 2 };
    private static readonly SyntheticData Generated = SyntheticRatings.Generate(Options);

    [Fact]
    public void There_are_exactly_as_many_ratings_as_asked_of_distinct_ascending_items()
    {
        RatingMatrix ratings = Generated.Data.Ratings;

        ratings.Count.ShouldBe(60_000);
        for (int row = 0; row < ratings.RowCount; row++)
        {
            ratings.RowLength(row).ShouldBeGreaterThan(0);
            int previous = -1;
            foreach (int item in ratings.RowColumns(row))
            {
                item.ShouldBeInRange(previous + 1, 1_499);
                previous = item;
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void The_same_seed_gives_the_same_bits_for_any_number_of_threads(int threads)
    {
        SyntheticRatings.Generate(Options with { Threads = threads }).Data.Fingerprint.ShouldBe(Generated.Data.Fingerprint);
        SyntheticRatings.Generate(Options with { Threads = threads, Seed = 7 }).Data.Fingerprint.ShouldNotBe(Generated.Data.Fingerprint);
    }

    [Fact]
    public void Ratings_are_half_stars_around_the_mean()
    {
        Generated.Data.Ratings.Values.ShouldAllBe(value => value >= 0.5f && value <= 5f && value * 2 == MathF.Floor(value * 2));
        Generated.Data.Ratings.Values.Average().ShouldBeInRange(3.2f, 3.7f);
    }

    [Fact]
    public void Popular_items_follow_the_law_and_no_order()
    {
        int[] counts = new int[1_500];
        foreach (int item in Generated.Data.Ratings.Columns)
        {
            counts[item]++;
        }

        int[] sorted = [.. counts.OrderDescending()];
        sorted[0].ShouldBeGreaterThan(20 * sorted[750]);
        counts[..10].ShouldNotBe(sorted[..10]);
    }

    [Fact]
    public void Active_users_rate_many_times_the_median_and_never_more_than_there_are_items()
    {
        int[] lengths = [.. Enumerable.Range(0, 800).Select(Generated.Data.Ratings.RowLength).Order()];

        ((double)lengths[^1] / lengths[400]).ShouldBeInRange(8, 41);
        SyntheticRatings.Generate(Options with { RatingCount = 30 * 40, UserCount = 30, ItemCount = 40 })
            .Data.Ratings.Columns.Distinct().Count().ShouldBe(40);
    }

    [Fact]
    public void The_interaction_has_the_variance_that_was_asked_for()
    {
        SyntheticData large = SyntheticRatings.Generate(Options with { UserBiasDeviation = 0, ItemBiasDeviation = 0, Mean = 0 });
        double[] products = [.. Enumerable.Range(0, 100_000).Select(index => large.Planted.Score(index % 800, index * 7 % 1_500))];

        products.Average(product => product * product).ShouldBe(0.36, 0.04);
    }

    [Fact]
    public void Without_rounding_the_floor_is_the_noise()
    {
        SyntheticData raw = SyntheticRatings.Generate(Options with { Rounded = false });

        raw.Planted.FloorRmse(raw.Data.Ratings).ShouldBe(0.8, 0.01);
    }

    [Fact]
    public void With_rounding_the_expectation_is_the_mean_of_many_rounded_draws()
    {
        foreach (double mean in new[] { -1, 0.6, 2.3, 3.5, 4.9, 7 })
        {
            // The sum over a fine grid of noise values, weighted by their density.
            double expected = 0;
            double total = 0;
            for (double z = -8; z <= 8; z += 0.0005)
            {
                double density = Math.Exp(-0.5 * z * z);
                expected += density * HalfStars.Round(mean + (0.8 * z));
                total += density;
            }

            HalfStars.ExpectedRound(mean, 0.8).ShouldBe(expected / total, 1e-3);
            new ExpectationTable(0.8).Expectation(mean).ShouldBe(HalfStars.ExpectedRound(mean, 0.8), 1e-6);
        }
    }

    [Fact]
    public void No_shift_of_the_expectations_lowers_the_floor()
    {
        RatingMatrix ratings = Generated.Data.Ratings;
        double floor = Generated.Planted.FloorRmse(ratings);

        floor.ShouldBe(Rmse(0), 1e-6);
        Rmse(0.05).ShouldBeGreaterThan(floor);
        Rmse(-0.05).ShouldBeGreaterThan(floor);

        double Rmse(double shift)
        {
            double sum = 0;
            for (int row = 0; row < ratings.RowCount; row++)
            {
                for (int index = 0; index < ratings.RowLength(row); index++)
                {
                    double error = ratings.RowValues(row)[index] - Generated.Planted.Expectation(row, ratings.RowColumns(row)[index]) - shift;
                    sum += error * error;
                }
            }

            return Math.Sqrt(sum / ratings.Count);
        }
    }

    [Fact]
    public void The_normal_distribution_matches_known_values()
    {
        NormalDistribution.Cumulative(0).ShouldBe(0.5, 1e-15);
        NormalDistribution.Cumulative(1.959963984540054).ShouldBe(0.975, 1e-12);
        NormalDistribution.Cumulative(-3).ShouldBe(0.0013498980316300946, 1e-14);
        NormalDistribution.Cumulative(-20).ShouldBe(0);
        NormalDistribution.Cumulative(20).ShouldBe(1);
    }

    [Fact]
    public void Times_titles_and_features_come_when_asked_and_leave_the_ratings_alone()
    {
        SyntheticData full = SyntheticRatings.Generate(Options with { Timestamps = true, Titles = true, Features = true });

        full.Data.Ratings.Values.ShouldBe(Generated.Data.Ratings.Values);
        full.Data.Ratings.Timestamps!.ShouldAllBe(time => time >= 1_420_070_400 && time < 1_620_000_000);
        full.Data.Titles[12].ShouldBe("Item 12");
        Generated.Features.ShouldBeNull();
        SyntheticFeatures features = full.Features!;
        features.UserGenders.Average(gender => gender).ShouldBeInRange(0.4, 0.6);
        features.UserAges.Distinct().Count().ShouldBe(SyntheticFeatures.AgeNames.Count);
        features.ItemGenres.Distinct().Count().ShouldBe(SyntheticFeatures.GenreNames.Count);

        // Whose first factor is positive is mostly of the second gender.
        int agreeing = Enumerable.Range(0, 800).Count(user => features.UserGenders[user] == 1 == full.Planted.UserFactors(user)[0] > 0);
        agreeing.ShouldBeGreaterThan(600);
    }

    [Fact]
    public void Impossible_sizes_are_refused()
    {
        Should.Throw<InputException>(() => SyntheticRatings.Generate(new SyntheticOptions { RatingCount = 101, UserCount = 10, ItemCount = 10 })).Message
            .ShouldBe("ratings: expected 1 to 100, as each user rates an item once, found 101; change it");
    }
}
