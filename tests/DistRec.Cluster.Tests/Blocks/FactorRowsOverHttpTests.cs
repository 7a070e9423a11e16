using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Cluster.Tests.Blocks;

public sealed class FactorRowsOverHttpTests : TwoNodes
{
    [Theory]
    [InlineData(16)]
    [InlineData(20)]
    public async Task The_rows_that_a_partition_needs_come_from_another_node_and_no_others(int rank)
    {
        const int Rows = 20_000;
        FactorBlock block = FactorBlock.Zeros(Rows, rank);
        for (int row = 0; row < Rows; row++)
        {
            block.Factors.Row(row).Fill(row + 0.25f);
            block.Biases[row] = -row;
        }

        FactorBlock target = FactorBlock.Zeros(Rows, rank);
        RowSet needed = RowSet.FromSorted(Rows, [.. Enumerable.Range(0, Rows).Where(row => row < 8000 || row % 3 == 0)]);

        BlockKey key = new("job", 1, "user-factors", 0, 1);
        Owner.Exchange.Publish(key, block);

        await Puller.PullAsync(Owner.Endpoint, key, new FactorRowsReader(target, needed)).Soon();

        const int Header = 16;
        const int Checksum = 4;
        Puller.Exchange.TotalTraffic.ReceivedBytes.ShouldBe(Header + (long)needed.Count * (rank + 1) * sizeof(float) + Checksum);
        for (int row = 0; row < Rows; row++)
        {
            target.Biases[row].ShouldBe(needed.Contains(row) ? -row : 0);
            target.Factors.Row(row).ContainsAnyExcept(needed.Contains(row) ? row + 0.25f : 0).ShouldBeFalse();
        }
    }
}
