using System.Text;
using DistRec.Numerics.Random;

namespace DistRec.Data.Tests.Features;

public sealed class FeatureWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_of_blocks_are_written_out_with_ascending_features()
    {
        FeatureData data = SmallRatings.Encode("other-items", "user", "item");
        using var stream = new MemoryStream();

        FeatureWriter.Write(data.Train, stream);

        Encoding.ASCII.GetString(stream.ToArray()).Split('\n')[3..5].ShouldBe(["4 3:0.5 4:0.5 6:1 10:1", "5 3:0.5 4:0.5 6:1 11:1"]);
    }

    [Fact]
    public void Features_may_be_counted_from_0()
    {
        using var stream = new MemoryStream();

        FeatureWriter.Write(SmallRatings.Encode("user", "item").Train, stream, firstIndex: 0);

        Encoding.ASCII.GetString(stream.ToArray()).ShouldStartWith("5 0:1 3:1\n3 0:1 4:1\n");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_written_is_read_back_with_the_same_bits(ulong seed)
    {
        var random = new EntityRandom(seed, RandomPurpose.SyntheticRating, 0);
        float Any()
        {
            float value = BitConverter.UInt32BitsToSingle((uint)random.NextUInt64());
            return float.IsFinite(value) ? value : 0.1f;
        }

        const int Rows = 2_000;
        List<int> columns = [];
        long[] starts = new long[Rows + 1];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = row == 0 ? 99 : 0; column < 100; column++)
            {
                if (row == 0 || random.NextDouble() < 0.3)
                {
                    columns.Add(column);
                }
            }

            starts[row + 1] = columns.Count;
        }

        float[] targets = [.. Enumerable.Range(0, Rows).Select(_ => Any())];
        float[] values = [.. columns.Select(_ => Any())];
        var block = new RelationBlock("row", RelationEntity.Row, new RatingMatrix(100, starts, [.. columns], values));
        string path = Path.Combine(_folder.Path, "rows");

        FeatureWriter.Write(new FeatureRows(targets, [block], [[.. Enumerable.Range(0, Rows)]]), path);
        FeatureRows read = FeatureReader.Read(path, null, new FeatureReadOptions()).Train;

        FeatureReader.IsFeatureFile(path).ShouldBeTrue();
        read.Targets.Select(BitConverter.SingleToUInt32Bits).ShouldBe(targets.Select(BitConverter.SingleToUInt32Bits));
        read.Blocks[0].Rows.RowStarts.ShouldBe(starts);
        read.Blocks[0].Rows.Columns.ShouldBe(columns);
        read.Blocks[0].Rows.Values.Select(BitConverter.SingleToUInt32Bits).ShouldBe(values.Select(BitConverter.SingleToUInt32Bits));
    }
}
