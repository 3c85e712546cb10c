import gc


def settle_in() -> None:
    """Tell the garbage collector that all there is by now stays as long as the process.

    It then looks through what requests leave behind, and not each time through every module,
    which held up whatever was under way for 60 ms and more.
    """
    gc.collect()
    gc.freeze()
