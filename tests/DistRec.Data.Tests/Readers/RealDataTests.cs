namespace DistRec.Data.Tests.Readers;

public sealed class RealDataTests
{
    [SkippableTheory]
    [InlineData("ml-100k", 100_000, 943, 1_682, 3.52986, "Kolya (1996)")]
    [InlineData("ml-1m", 1_000_209, 6_040, 3_706, 3.581564, "One Flew Over the Cuckoo's Nest (1975)")]
    [InlineData("ml-latest-small", 100_836, 610, 9_724, 3.501557, "Toy Story (1995)")]
    [InlineData("movietweetings-100k", 100_000, 16_554, 10_506, double.NaN, null)]
    public void A_published_data_set_has_the_published_counts(string name, int ratings, int users, int items, double mean, string? firstTitle)
    {
        RatingData data = RatingReader.Read(RealData.Path(name));

        data.Ratings.Count.ShouldBe(ratings);
        data.Users.Count.ShouldBe(users);
        data.Items.Count.ShouldBe(items);
        data.DuplicateCount.ShouldBe(0);
        data.Titles.Count.ShouldBe(items);
        if (!double.IsNaN(mean))
        {
            data.Ratings.Values.Average(value => (double)value).ShouldBe(mean, 1e-6);
        }

        if (firstTitle is not null)
        {
            data.Titles[0].ShouldBe(firstTitle);
        }
    }
}
