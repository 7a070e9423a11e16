using DistRec.Numerics.Random;

namespace DistRec.Data.Tests.Features;

/// <summary>Nothing of a held-out row may be seen in a training row, and its own pair of user and item nowhere but in its indicators.</summary>
public sealed class LeakageTests
{
    private const int Users = 40;
    private const int Items = 30;
    private static readonly string[] Blocks = ["user", "item", "other-items", "implicit-items", "implicit-users", "time", "last-item"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Training_rows_do_not_depend_on_held_out_rows(ulong seed)
    {
        RatingSplit split = Split(seed);
        RatingSplit changed = split with { Validation = Shift(split.Validation!), Test = Shift(split.Test!) };

        FeatureData whole = FeatureEncoder.Encode(split, Blocks);
        FeatureData other = FeatureEncoder.Encode(changed, Blocks);
        FeatureData alone = FeatureEncoder.Encode(new RatingSplit(split.Train, null, null), Blocks);

        string[] rows = FeatureText.Of(whole, whole.Train);
        FeatureText.Of(other, other.Train).ShouldBe(rows);
        FeatureText.Of(alone, alone.Train).ShouldBe(rows);
        alone.Space.Starts.ShouldBe(whole.Space.Starts);
        for (int block = 0; block < whole.Present.Count; block++)
        {
            alone.Present[block].ShouldBe(whole.Present[block]);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_held_out_item_is_neither_among_its_users_other_items_nor_its_own_last_item(ulong seed)
    {
        RatingSplit split = Split(seed);
        FeatureData data = FeatureEncoder.Encode(split, Blocks);
        FeatureData ratedItems = FeatureEncoder.Encode(split, ["other-items"]);
        FeatureData lastItems = FeatureEncoder.Encode(split, ["last-item"]);
        foreach ((RatingMatrix part, FeatureRows rows, FeatureRows last) in new[] { (split.Validation!, ratedItems.Validation!, lastItems.Validation!), (split.Test!, ratedItems.Test!, lastItems.Test!) })
        {
            for (int user = 0; user < Users; user++)
            {
                for (int position = (int)part.RowStarts[user]; position < (int)part.RowStarts[user + 1]; position++)
                {
                    // Every item has training ratings here, so that features and items have the same numbers.
                    int[] others = rows.Blocks[0].Rows.RowColumns(rows.BlockRows[0][position]).ToArray();
                    others.ShouldNotContain(part.Columns[position]);
                    others.ShouldBe(split.Train.RowColumns(user).ToArray());

                    int before = last.BlockRows[0][position];
                    ReadOnlySpan<int> trained = split.Train.RowColumns(user);
                    (before == Items || trained.Contains(before)).ShouldBeTrue();
                    if (before < Items)
                    {
                        split.Train.Timestamps![split.Train.RowStarts[user] + trained.IndexOf(before)].ShouldBeLessThanOrEqualTo(part.Timestamps![position]);
                    }
                }
            }
        }

        data.Space.Groups.Single(group => group.Name == "item").Count.ShouldBe(Items);
    }

    private static RatingSplit Split(ulong seed)
    {
        List<int> columns = [];
        List<float> values = [];
        List<long> times = [];
        long[] starts = new long[Users + 1];
        for (int user = 0; user < Users; user++)
        {
            var random = new EntityRandom(seed, RandomPurpose.SyntheticRating, user);
            for (int item = 0; item < Items; item++)
            {
                if (random.NextDouble() < 0.5)
                {
                    columns.Add(item);
                    values.Add(1 + random.NextInt(5));
                    times.Add(1_000_000_000 + (random.NextInt(20) * 1_500_000L));
                }
            }

            starts[user + 1] = columns.Count;
        }

        var data = RatingData.Create("small", new RatingMatrix(Items, starts, [.. columns], [.. values], [.. times]), IdMap.Numbered(Users), IdMap.Numbered(Items));
        return Splitter.Split(data, new SplitOptions { TestRatio = 0.2, ValidationRatio = 0.2, Seed = seed });
    }

    // Other ratings at other times by the same users of the same items.
    private static RatingMatrix Shift(RatingMatrix part) => new(
        part.ColumnCount, part.RowStarts, part.Columns, Array.ConvertAll(part.Values, rating => 6 - rating), Array.ConvertAll(part.Timestamps!, time => time - 123_456_789));
}
