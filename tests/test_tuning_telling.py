"""What is told on the terminal of a search on workers."""

from tuning_oracles import end, make

from dlkeras.tuning.telling import told


def test_what_is_said_of_a_search(capsys):
    oracle = make(max_trials=4, max_consecutive_failed_trials=4)
    oracle.verbose = 1
    with told(oracle, verbose=True) as tell:
        tell()
        assert oracle.verbose == 0
        trials = [oracle.create_trial(name) for name in "abc"]
        end(oracle, trials[0], status="FAILED")
        end(oracle, trials[1], 0.123456789)
        tell()
        tell()  # nothing new, nothing said
    assert oracle.verbose == 1
    assert capsys.readouterr().err.splitlines() == [
        "0 of 4 trials done, 0 running",
        "2 of 4 trials done, 1 failed, 1 running, best loss 0.12346 in trial 1",
    ]
    with told(oracle, verbose=False) as tell:
        tell()
    assert capsys.readouterr().err == ""
