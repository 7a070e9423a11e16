using System.Text;

namespace DistRec.Training.Tests.Storage;

public sealed class BlobTrailerTests
{
    // RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms.
    [Fact]
    public void The_checksum_is_the_one_of_the_standard()
    {
        BlobTrailer.Add(BlobTrailer.Nothing, new byte[32]).ShouldBe(0x8A9136AAu);
        BlobTrailer.Add(BlobTrailer.Nothing, Enumerable.Repeat((byte)0xFF, 32).ToArray()).ShouldBe(0x62A8AB43u);
        BlobTrailer.Add(BlobTrailer.Nothing, [.. Enumerable.Range(0, 32).Select(value => (byte)value)]).ShouldBe(0x46DD794Eu);
        BlobTrailer.Add(BlobTrailer.Nothing, Encoding.ASCII.GetBytes("123456789")).ShouldBe(0xE3069283u);
        BlobTrailer.Add(BlobTrailer.Nothing, []).ShouldBe(0u);
    }

    [Fact]
    public void Pieces_add_up_to_the_whole()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(value => (byte)(value * 7))];
        uint whole = BlobTrailer.Add(BlobTrailer.Nothing, bytes);

        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            BlobTrailer.Add(BlobTrailer.Add(BlobTrailer.Nothing, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)).ShouldBe(whole);
        }
    }

    [Fact]
    public void A_trailer_is_read_back_and_other_bytes_are_none()
    {
        byte[] trailer = BlobTrailer.Write(0xE3069283u);

        trailer.ShouldBe([(byte)'D', (byte)'R', (byte)'C', (byte)'1', 0x83, 0x92, 0x06, 0xE3]);
        BlobTrailer.TryRead(trailer, out uint checksum).ShouldBeTrue();
        checksum.ShouldBe(0xE3069283u);
        BlobTrailer.TryRead(trailer.AsSpan(0, 7), out _).ShouldBeFalse();
        trailer[0] ^= 1;
        BlobTrailer.TryRead(trailer, out _).ShouldBeFalse();
    }
}
