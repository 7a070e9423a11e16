namespace DistRec.Data.Tests;

public sealed class DataSummaryTests
{
    [Fact]
    public void A_small_data_set_is_summarized_exactly()
    {
        using var folder = new TemporaryFolder();
        RatingData data = RatingReader.Read(folder.Write("small.csv", "a,x,1,100\na,y,4.5,200\nb,x,5,50\nb,x,4,60\nc,x,4,300\n"));

        DataSummary summary = DataSummary.Of(data);

        summary.Name.ShouldBe("small.csv");
        summary.Format.ShouldBe("text, separated by commas");
        summary.Fingerprint.ShouldBe(data.Fingerprint);
        (summary.UserCount, summary.ItemCount, summary.RatingCount, summary.DuplicateCount).ShouldBe((3, 2, 4, 1));
        summary.Density.ShouldBe(4 / 6.0, 1e-12);
        summary.Mean.ShouldBe(13.5 / 4, 1e-12);
        summary.Deviation.ShouldBe(Math.Sqrt(((1 + 20.25 + 16 + 16) / 4) - (3.375 * 3.375)), 1e-12);
        (summary.Minimum, summary.Maximum, summary.Step).ShouldBe((1f, 4.5f, 0.5f));
        summary.Histogram.ShouldBe([new RatingBin(1, 1, 1), new RatingBin(4, 4, 2), new RatingBin(4.5f, 4.5f, 1)]);
        summary.PerUser.ShouldBe(new CountQuantiles(4 / 3.0, 1, 1, 1, 2, 2, 2, 2));
        summary.PerItem.ShouldBe(new CountQuantiles(2, 1, 1, 1, 3, 3, 3, 3));
        summary.Earliest.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(60));
        summary.Latest.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(300));
        summary.TitleCount.ShouldBe(0);
    }

    [Fact]
    public void Ratings_of_many_values_are_counted_in_ranges()
    {
        RatingData data = SyntheticRatings.Generate(new SyntheticOptions { RatingCount = 2_000, UserCount = 50, ItemCount = 100, Rounded = false }).Data;

        DataSummary summary = DataSummary.Of(data);

        summary.Step.ShouldBeNull();
        summary.Earliest.ShouldBeNull();
        summary.Histogram.Count.ShouldBe(10);
        summary.Histogram.Sum(bin => bin.Count).ShouldBe(2_000);
        summary.Histogram[0].From.ShouldBe(summary.Minimum);
        summary.Histogram[9].To.ShouldBe(summary.Maximum, 1e-5);
    }

    [Fact]
    public void The_summary_reads_no_further_than_the_ratings_reach()
    {
        using var folder = new TemporaryFolder();
        RatingData data = RatingReader.Read(folder.Write("dup.csv", "1,2,9\n1,2,3\n2,2,4\n"));
        data.Ratings.Values.Length.ShouldBe(3);

        DataSummary.Of(data).Maximum.ShouldBe(4);
    }
}
